import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, resolve } from 'node:path';
import { CanvasError } from '#lib/contract/errors.ts';
import type { CommandPlan } from './command-presets.ts';
import type { CommandAgentConfig } from './config-schema.ts';

/** Where execvp looks when there is no PATH. */
const DEFAULT_PATH = '/usr/bin:/bin';
const SUFFIXES = process.platform === 'win32' ? ['', '.com', '.exe'] : [''];

/**
 * Looks, before the first message, whether the agent's program can be started at all: otherwise its card would be green
 * until somebody asks it something. Looks as the start itself does: a name with a slash from the folder it runs in, any
 * other name along the PATH that it is given.
 *
 * Throws `bad_request` with the key, the value and what to do.
 */
export function checkProgram(config: CommandAgentConfig, plan: CommandPlan, path: string | undefined): void {
  const cwd = resolve(config.cwd ?? '.');
  if (kindOf(cwd) !== 'folder')
    throw new CanvasError('bad_request', `agent.cwd: there is no folder "${cwd}" for the program to run in: make it, or correct the path`);
  checkOne(keyOf(config, 'command'), plan.command[0] ?? '', cwd, path);
  if (plan.resume !== null) checkOne(keyOf(config, 'resume'), plan.resume[0] ?? '', cwd, path);
}

const keyOf = (config: CommandAgentConfig, key: 'command' | 'resume') => `agent.${config[key] === undefined ? 'preset' : key}`;

function checkOne(key: string, program: string, cwd: string, path: string | undefined): void {
  const named = /[/\\]/.test(program);
  const folders = named ? [cwd] : (path ?? DEFAULT_PATH).split(delimiter);
  const candidates = folders.flatMap((folder) => SUFFIXES.map((suffix) => resolve(cwd, folder, program + suffix)));
  const files = program === '' ? [] : candidates.filter((candidate) => kindOf(candidate) === 'file');
  if (files.some(isExecutable)) return;
  const [first] = files;
  const also = (place = program) => (place === program ? '' : ` (${place})`);
  throw new CanvasError(
    'bad_request',
    first !== undefined
      ? `${key}: the program "${program}"${also(first)} may not be executed: run "chmod +x ${first}", or name another program`
      : named
        ? `${key}: there is no program "${program}"${also(candidates[0])}: install it, or correct the path`
        : `${key}: the program "${program}" is in no folder of PATH: install it, or give its full path`,
  );
}

/** What cannot be looked at, as behind a file in place of a folder, is neither. */
function kindOf(path: string): 'file' | 'folder' | null {
  try {
    const stat = statSync(path);
    return stat.isFile() ? 'file' : stat.isDirectory() ? 'folder' : null;
  } catch {
    return null;
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
