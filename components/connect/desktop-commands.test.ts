import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DESKTOP_CLIENTS, desktopCommand, FOLDER_PLACEHOLDER } from './desktop-commands.ts';

const PLACE = { publicUrl: 'https://canvas.example:3000', id: '0199-id', joinCode: 'join_abc' };
const TAIL = ['mcp', '--platform', PLACE.publicUrl, '--id', PLACE.id, '--join', PLACE.joinCode];
let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'canvas of mine ')));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What a client's own program gets when the text is pasted into a shell. */
function argumentsOf(program: string, text: string): string[] {
  const script = join(folder, program);
  writeFileSync(script, `#!${process.execPath}\nconsole.log(JSON.stringify(process.argv.slice(2)))\n`);
  chmodSync(script, 0o755);
  const env = { PATH: `${folder}:/usr/bin:/bin`, PWD: folder } as unknown as NodeJS.ProcessEnv;
  return JSON.parse(execFileSync('/bin/sh', ['-c', text], { cwd: folder, env, encoding: 'utf8' })) as string[];
}

test.each([
  ['claude', ['mcp', 'add', '--scope', 'user', 'canvas', '--', 'node']],
  ['codex', ['mcp', 'add', 'canvas', '--', 'node']],
] as const)('%s is told to start it by its whole path', (client, head) => {
  const { text, file } = desktopCommand(client, PLACE);
  expect([file, argumentsOf(client, text)]).toEqual([null, [...head, join(folder, 'dist/workspace.js'), ...TAIL]]);
});

test('VS Code gets the same as JSON', () => {
  const [flag, json = ''] = argumentsOf('code', desktopCommand('vscode', PLACE).text);
  expect([flag, JSON.parse(json)]).toEqual([
    '--add-mcp',
    { name: 'canvas', type: 'stdio', command: 'node', args: [join(folder, 'dist/workspace.js'), ...TAIL] },
  ]);
});

test('Cursor reads a file', () => {
  const { text, file } = desktopCommand('cursor', PLACE);
  expect([file, JSON.parse(text)]).toEqual([
    '~/.cursor/mcp.json',
    { mcpServers: { canvas: { command: 'node', args: [`${FOLDER_PLACEHOLDER}/dist/workspace.js`, ...TAIL] } } },
  ]);
});

test('each is offered', () => {
  expect(DESKTOP_CLIENTS.map(({ client }) => desktopCommand(client, PLACE).text.includes(PLACE.joinCode))).toEqual([
    true,
    true,
    true,
    true,
  ]);
});
