import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, expect, test, vi } from 'vitest';
import type { AgentTask } from './agent.ts';
import { CommandAgent } from './command-agent.ts';
import { COMMAND_PRESETS, commandAgentSchema } from './config-schema.ts';
import { testFolders } from './test-folder.ts';
import { testTask } from './test-task.ts';

const newFolder = testFolders();
const PROGRAM = fileURLToPath(new URL('./test-agent-program.js', import.meta.url));

let folder: string;
let environment: Record<string, string>;
beforeEach(() => {
  folder = newFolder();
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  for (const name of COMMAND_PRESETS) {
    writeFileSync(join(bin, name), `#!/bin/sh\nexec ${JSON.stringify(process.execPath)} ${JSON.stringify(PROGRAM)} ${name} "$@"\n`);
    chmodSync(join(bin, name), 0o755);
  }
  environment = { PATH: `${bin}:${process.env['PATH'] ?? ''}` };
});

const open = (config: object) =>
  CommandAgent.create(commandAgentSchema.parse({ kind: 'command', cwd: folder, ...config }), {
    folder,
    environment,
    resultsPath: join(folder, 'results.jsonl'),
  });
const progress: string[] = [];
const task = (text: string, contextId = 'c1', signal = new AbortController().signal): AgentTask =>
  testTask({ id: crypto.randomUUID(), contextId, text, signal, onProgress: (line) => progress.push(line) });
const node = (script: string, ...more: string[]) => [process.execPath, '-e', script, ...more];

test.each(COMMAND_PRESETS)('%s: a conversation goes on over messages and over a restart, another one is its own', async (preset) => {
  const agent = await open({ preset });
  expect(await agent.handle(task('first'))).toEqual({ text: 'turn 1: first' });
  expect(await agent.handle(task('second'))).toEqual({ text: 'turn 2: first | second' });
  expect(await agent.handle(task('other', 'c2'))).toEqual({ text: 'turn 1: other' });
  const restarted = await open({ preset });
  expect(await restarted.handle(task('third'))).toEqual({ text: 'turn 3: first | second | third' });
});

test.each([
  ['claude', 'claude failed: API Error: overloaded'],
  ['codex', 'codex failed: usage limit reached'],
  ['gemini', 'gemini failed: quota exceeded'],
  ['opencode', 'opencode failed: model not found'],
] as const)('%s: a failure is told in its own words', async (preset, message) => {
  const agent = await open({ preset });
  await expect(agent.handle(task('fail'))).rejects.toMatchObject({ code: 'upstream_failed', message });
});

test.each(COMMAND_PRESETS)('%s: extra arguments reach it, also when it resumes; a prompt is never taken for one', async (preset) => {
  const agent = await open({ preset, extra_args: ['--model', 'small'] });
  await agent.handle(task('--resume $(id) `id` {session} "quoted"\nnext line'));
  expect((await agent.handle(task('more'))).text).toBe('turn 2: --resume $(id) `id` {session} "quoted"\nnext line | more');
});

test('what is said on the way is progress, what is said last is the answer', async () => {
  progress.length = 0;
  const agent = await open({ preset: 'codex' });
  await agent.handle(task('first'));
  expect(progress).toEqual(['Looking into it']);
});

test('a session that the program has lost is forgotten after two failures', async () => {
  const agent = await open({ preset: 'claude' });
  await agent.handle(task('first'));
  writeFileSync(join(folder, 'known-sessions.json'), '{}');
  await expect(agent.handle(task('second'))).rejects.toMatchObject({ message: expect.stringContaining('No conversation found') });
  await expect(agent.handle(task('second'))).rejects.toBeDefined();
  expect(await agent.handle(task('third'))).toEqual({ text: 'turn 1: third' });
});

test('a broken session file costs the conversations, not the agent', async () => {
  writeFileSync(join(folder, 'sessions.json'), '[["c1", ');
  expect(await (await open({ preset: 'claude' })).handle(task('first'))).toEqual({ text: 'turn 1: first' });
});

test('a session name that looks like a flag is not passed on', async () => {
  const agent = await open({
    command: node("process.stdout.write(JSON.stringify({text: process.argv.slice(1).join(), id: '--dangerous'}))"),
    resume: node('process.stdout.write("{}")', '{session}'),
    output: 'json',
    text_path: 'text',
    session_path: 'id',
  });
  await agent.handle(task('a'));
  expect(await agent.handle(task('b'))).toEqual({ text: '' });
});

test('any program can be one: the prompt as an argument, the answer as text', async () => {
  const agent = await open({ command: node('console.log("got", process.argv[1])', '{prompt}') });
  expect(await agent.handle(task("$& it's {session}"))).toEqual({ text: "got $& it's {session}" });
});

test('the program gets the basic environment and what is named, nothing else', async () => {
  environment = { ...environment, CANVAS_TOKEN: 'x', MINE: '1', OTHER: '1', LC_ALL: 'C' };
  const agent = await open({ command: node('console.log(Object.keys(process.env).sort().join())'), env: ['MI*'] });
  const names = (await agent.handle(task(''))).text.split(',');
  expect(names).toEqual(expect.arrayContaining(['LC_ALL', 'MINE', 'PATH']));
  expect(names).not.toContain('CANVAS_TOKEN');
  expect(names).not.toContain('OTHER');
});

test('a program that ends badly is quoted, one that went missing is named', async () => {
  const failing = await open({ command: node('console.error("no such model"); process.exit(3)') });
  await expect(failing.handle(task('x'))).rejects.toMatchObject({
    message: expect.stringContaining('ended with exit code 3: no such model'),
  });
  const missing = await open({ preset: 'gemini' });
  rmSync(join(folder, 'bin', 'gemini'));
  await expect(missing.handle(task('x'))).rejects.toMatchObject({ message: expect.stringContaining('"gemini" was not found') });
  const mute = await open({ command: node('console.log("{}")'), output: 'json', text_path: 'result' });
  await expect(mute.handle(task('x'))).rejects.toMatchObject({
    message: expect.stringContaining('holds no answer where it should (result)'),
  });
});

/** Starts a child of its own, writes its number down, and then both hang, deaf to SIGTERM if asked. */
const HANGS = `
  const { spawn } = require('node:child_process');
  const child = spawn(process.execPath, ['-e', 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000); console.log("up")'], { stdio: ['ignore', 'pipe', 'ignore'] });
  child.stdout.once('data', () => require('node:fs').writeFileSync('child.pid', String(child.pid)));
  setInterval(() => {}, 1000);
`;
const childOf = () => Number(readFileSync(join(folder, 'child.pid'), 'utf8'));
const alive = (pid: number) => {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};

test('on a timeout the program and all that it started are ended', async () => {
  const agent = await open({ command: node(HANGS), timeout_seconds: 3 });
  await expect(agent.handle(task('x'))).rejects.toMatchObject({
    code: 'timeout',
    message: expect.stringContaining('did not finish within 3 s'),
  });
  await vi.waitFor(() => expect(alive(childOf())).toBe(false));
});

test('a cancelled task ends them too', async () => {
  const agent = await open({ command: node(HANGS) });
  const cancel = new AbortController();
  const running = agent.handle(task('x', 'c1', cancel.signal));
  await vi.waitFor(() => expect(existsSync(join(folder, 'child.pid'))).toBe(true), { timeout: 5000 });
  cancel.abort();
  await expect(running).rejects.toMatchObject({ code: 'timeout' });
  await vi.waitFor(() => expect(alive(childOf())).toBe(false));
});

test('a program that writes without end is ended at the cap', async () => {
  const agent = await open({ command: node('const f = () => process.stdout.write("x".repeat(65536), f); f()'), max_output_bytes: 200_000 });
  await expect(agent.handle(task('x'))).rejects.toMatchObject({ code: 'too_large' });
});

test('a grandchild that keeps the pipe open does not keep the answer back', async () => {
  const script = `require('node:child_process').spawn(process.execPath, ['-e', 'setTimeout(() => {}, 15000)'], { stdio: ['ignore', 'inherit', 'ignore'], detached: true }).unref(); console.log('done'); process.exit(0)`;
  const agent = await open({ command: node(`${script}`) });
  expect(await agent.handle(task('x'))).toEqual({ text: 'done' });
}, 10_000);

test('a large prompt reaches a program that reads slowly, and one that does not read at all is no fault', async () => {
  const big = 'y'.repeat(900_000);
  const counting = await open({
    command: node('let n = 0; process.stdin.on("data", (c) => (n += c.length)).on("end", () => console.log(n))'),
  });
  expect(await counting.handle(task(big))).toEqual({ text: '900000' });
  const deaf = await open({ command: node('console.log("done"); process.exit(0)') });
  expect(await deaf.handle(task(big))).toEqual({ text: 'done' });
});

test('one run at a time waits in line; one conversation never runs twice at once', async () => {
  const script =
    'const fs = require("node:fs"); fs.appendFileSync("order", "+"); setTimeout(() => { fs.appendFileSync("order", "-"); console.log("ok") }, 60)';
  const single = await open({ command: node(script) });
  await Promise.all(['a', 'b', 'c'].map((context) => single.handle(task('x', context))));
  expect(readFileSync(join(folder, 'order'), 'utf8')).toBe('+-+-+-');
  writeFileSync(join(folder, 'order'), '');
  const pair = await open({ command: node(script), concurrency: 2 });
  await Promise.all(['same', 'same'].map((context) => pair.handle(task('x', context))));
  expect(readFileSync(join(folder, 'order'), 'utf8')).toBe('+-+-');
});

test('its program knows where it stands in the trace, and where results of delegations are', async () => {
  const agent = await open({
    command: node('process.stdout.write([process.env.TRACEPARENT, process.env.DELEGATION_RESULTS_FILE].join())'),
  });
  expect(await agent.handle(task('hi'))).toEqual({
    text: `00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01,${join(folder, 'results.jsonl')}`,
  });
});

test('its program is told where tools are, once the runtime lends any', async () => {
  const agent = await open({ command: node('process.stdout.write(String(process.env.CANVAS_MCP_URL))') });
  expect(await agent.handle(task('hi'))).toEqual({ text: 'undefined' });
  agent.start({ mcpUrl: 'http://127.0.0.1:9/mcp' });
  expect(await agent.handle(task('hi'))).toEqual({ text: 'http://127.0.0.1:9/mcp' });
});

test.each(['stdin', 'argument'] as const)(
  'results of delegations stand in front of the prompt (%s), at most 64 KB of them',
  async (prompt) => {
    const script = 'process.stdout.write(JSON.stringify(process.argv[1] ?? require("node:fs").readFileSync(0, "utf8")))';
    const agent = await open({ command: node(script, ...(prompt === 'argument' ? ['{prompt}'] : [])), prompt });
    const result = {
      delegation_id: 'd1',
      target_id: 'peer',
      target_name: 'Peer',
      status: 'completed' as const,
      summary: 'count',
      response: '\u0000é'.repeat(100_000),
      response_cut: false,
      error: '',
      created_at: 1,
      ended_at: 2,
      trace_id: null,
      span_id: null,
    };
    const said = [];
    for (const results of [[result], [result], []]) {
      const { text } = await agent.handle(testTask({ text: 'and now?', results }));
      said.push(JSON.parse(text) as string);
    }
    const [one = '', two = '', none] = said;
    const [, boundary = ''] = /^<untrusted-delegation-results boundary="([0-9a-f]{32})">\n/.exec(one) ?? [];
    expect(one.endsWith(`</untrusted-delegation-results boundary="${boundary}">\n\nand now?`)).toBe(true);
    expect(one).toContain('[cut: the rest is in that file]');
    expect(one).toContain(join(folder, 'results.jsonl'));
    expect(Buffer.byteLength(one)).toBeLessThan(65 * 1024);
    expect(two).not.toContain(boundary);
    expect(none).toBe('and now?');
  },
);
