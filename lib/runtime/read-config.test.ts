import { writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readCommandLine } from './command-line.ts';
import { readConfig } from './read-config.ts';
import { testFolders } from './test-folder.ts';

const newFolder = testFolders();
const CONNECT = ['--platform', 'http://127.0.0.1:1', '--id', 'ws-1'];
const read = (argv: string[], environment: Record<string, string> = {}) => readConfig(readCommandLine(argv), environment);
const fault = (argv: string[], environment: Record<string, string> = {}): string => {
  try {
    read(argv, environment);
  } catch (thrown) {
    expect(thrown).toMatchObject({ code: 'bad_request' });
    return (thrown as Error).message;
  }
  throw new Error('it was accepted');
};
const file = (name: string, text: string): string => {
  const path = join(newFolder(), name);
  writeFileSync(path, text);
  return path;
};

test('one line connects a program, with every default in place', () => {
  expect(read(['connect', ...CONNECT, '--', 'claude'])).toMatchObject({
    platform_url: 'http://127.0.0.1:1',
    workspace_id: 'ws-1',
    folder: join(homedir(), '.canvas-workspace', 'ws-1'),
    interval_seconds: 30,
    host: '127.0.0.1',
    port: 0,
    delivery_mode: 'push',
    agent: { kind: 'command', preset: 'claude', concurrency: 1 },
  });
});

test('what stands behind -- is the agent: a known name is a preset, anything else a program', () => {
  expect(read([...CONNECT, '--', '/opt/bin/codex', '--model', 'small']).agent).toMatchObject({
    preset: 'codex',
    extra_args: ['--model', 'small'],
  });
  expect(read([...CONNECT, '--', './mine', '--flag', '--id']).agent).toMatchObject({ command: ['./mine', '--flag', '--id'] });
});

test('flags win over the environment, the environment over the file', () => {
  const path = file(
    'workspace.json',
    JSON.stringify({
      platform_url: 'http://file',
      workspace_id: 'from-file',
      name: 'File',
      interval_seconds: 50,
      agent: { kind: 'sample', role: 'writer' },
    }),
  );
  const config = read(['--config', path, '--interval', '7'], {
    PLATFORM_URL: 'http://environment',
    CANVAS_INTERVAL_SECONDS: '9',
    CANVAS_WORKSPACE_NAME: '',
  });
  expect(config).toMatchObject({ platform_url: 'http://environment', workspace_id: 'from-file', name: 'File', interval_seconds: 7 });
});

test('the folder defaults to where the file is, and a file in the folder is found', () => {
  const path = file('canvas-workspace.yaml', 'platform_url: http://file\nagent:\n  kind: http\n  url: http://127.0.0.1:9/ask\n');
  const folder = join(path, '..');
  expect(read(['--config', path, '--id', 'ws-1']).folder).toBe(folder);
  expect(read(['--folder', folder, '--id', 'ws-1'])).toMatchObject({ platform_url: 'http://file', agent: { kind: 'http' } });
});

test('the agent may come from the environment as YAML', () => {
  expect(
    read([], { PLATFORM_URL: 'http://p', WORKSPACE_ID: 'ws-1', CANVAS_AGENT: '{kind: command, preset: gemini, timeout_seconds: 5}' }).agent,
  ).toMatchObject({ preset: 'gemini', timeout_seconds: 5 });
});

test('what is missing is named, with how to give it', () => {
  const message = fault([]);
  expect(message).toContain('platform_url: missing; give --platform');
  expect(message).toContain('workspace_id: missing; give --id');
  expect(message).toContain('agent: missing; name one');
});

test.each([
  ['platfrom_url: http://x', 'platfrom_url: there is no such setting; did you mean "platform_url"?'],
  ['interval_seconds: 4', 'interval_seconds: Too small'],
  ['interval_seconds: 301', 'interval_seconds: Too big'],
  ['interval_seconds: often', 'interval_seconds:'],
  ['platform_url: ftp://x', 'platform_url: must be an http or https address'],
  ['workspace_id: a b', 'workspace_id: an id has only letters'],
  ['agent: {kind: comand}', 'agent.kind: must be one of command, http, sample'],
  ['agent: {kind: command, presett: claude}', 'agent.presett: there is no such setting; did you mean "preset"?'],
  ['agent: {kind: command, preset: clod}', 'agent.preset:'],
  ['agent: {kind: command}', 'a command agent needs "command"'],
  ['agent: {kind: http, url: nowhere}', 'agent.url: must be an http or https address'],
  ['- a list', 'must hold settings'],
  ['a: [', 'is not valid YAML'],
])('a file with "%s" is refused by key and reason', (line, expected) => {
  const rest = { platform_url: 'http://127.0.0.1:1', workspace_id: 'ws-1', agent: '{kind: sample, role: lead}' };
  const given = Object.entries(rest).filter(([key]) => !line.startsWith(`${key}:`));
  const path = file('c.yaml', /^(- |a:)/.test(line) ? line : [line, ...given.map(([key, value]) => `${key}: ${value}`)].join('\n'));
  const message = fault(['--config', path]);
  expect(message).toContain(expected);
  expect(message).toContain(path);
});

test.each([
  [['--platfrom', 'x'], '--platfrom is not a flag of canvas-workspace; did you mean --platform?'],
  [['--interval', 'soon'], '--interval must be a number, not "soon"'],
  [['claude'], "put the agent's program behind --"],
  [[...CONNECT, '--sample', 'lead', '--', 'claude'], 'More than one agent is named'],
  [['--config', '/nowhere/at/all.yaml'], '/nowhere/at/all.yaml cannot be read (ENOENT)'],
  [['--platform'], '--platform'],
])('%j is refused: %s', (argv, expected) => {
  expect(fault(argv)).toContain(expected);
});

test('where news of tasks may be sent is named as the platform names it', () => {
  const { allowed_targets } = read([...CONNECT, '--', 'claude'], { CANVAS_ALLOWED_TARGETS: 'hooks.example, 10.0.0.0/8' });
  expect([[...allowed_targets.hosts], allowed_targets.blocks.length]).toEqual([['hooks.example'], 1]);
  expect(read([...CONNECT, '--', 'claude']).allowed_targets).toMatchObject({ hosts: new Set(), blocks: [] });
  expect(fault([...CONNECT, '--', 'claude'], { CANVAS_ALLOWED_TARGETS: '10.0.0.0/99' })).toMatch(
    /^allowed_targets: must be hosts, addresses or blocks/,
  );
});
