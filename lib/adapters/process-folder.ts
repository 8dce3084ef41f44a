import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CanvasError } from '#lib/contract/errors.ts';
import type { StartSpec } from '#lib/ports/provisioner.ts';

/** What lies in the folder of one workspace. Everything in it is for its owner alone (0700, files 0600). */
export interface ProcessFolder {
  readonly path: string;
  readonly config: string;
  readonly log: string;
}

/**
 * What must survive the platform's own death. Written before a process is spawned (then it has a nonce and no pid: the
 * process is found by the nonce in its arguments) and at every change of phase after that.
 */
export interface SavedState {
  schema: 1;
  name: string;
  phase: 'starting' | 'running' | 'stopping' | 'waiting' | 'idle';
  /** How it came to be idle. */
  outcome: 'stopped' | 'ended' | 'failed';
  nonce: string | null;
  pid: number | null;
  /** Start identity of `pid`, as `ProcessRow.started`; null until it was looked up. */
  started: string | null;
  attempt: number;
  /** Epoch milliseconds. */
  started_at: number | null;
  due_at: number | null;
  /** When it was restarted unasked, inside the window. */
  restarts: number[];
  exit_code: number | null;
  exit_signal: string | null;
}

export function newState(): SavedState {
  return {
    schema: 1,
    name: '',
    phase: 'idle',
    outcome: 'stopped',
    nonce: null,
    pid: null,
    started: null,
    attempt: 0,
    started_at: null,
    due_at: null,
    restarts: [],
    exit_code: null,
    exit_signal: null,
  };
}

/** What a runtime says of itself once it listens. */
export interface RuntimeFile {
  instance: string;
  boot_id: string | null;
  url: string | null;
}

export function processFolder(path: string): ProcessFolder {
  return { path, config: join(path, 'workspace.json'), log: join(path, 'workspace.log') };
}

/**
 * Writes configuration and credentials for a start. Synchronous on purpose, like all here: a start is then one step
 * that nothing can come between, and the files are a few hundred bytes.
 */
export function writeStartFiles(folder: ProcessFolder, spec: StartSpec): void {
  const config = {
    ...spec.config,
    platform_url: spec.platform_url,
    workspace_id: spec.workspace_id,
    name: spec.name,
    folder: folder.path,
    host: '127.0.0.1',
    port: 0,
  };
  writePrivate(folder, folder.config, `${JSON.stringify(config, null, 2)}\n`);
  writeCredentials(folder, spec);
  if (spec.snapshot) writePrivate(folder, snapshotFile(folder, spec.config), JSON.stringify(spec.snapshot));
}

/** Where the runtime looks for what it restores. */
function snapshotFile(folder: ProcessFolder, config: Record<string, unknown>): string {
  const path = config['snapshot_path'];
  return resolve(folder.path, typeof path === 'string' && path !== '' ? path : '.agent_snapshot.json');
}

/** A runtime re-reads these whenever the platform refuses it, so a running one learns a fresh token from here too. */
export function writeCredentials(folder: ProcessFolder, spec: Pick<StartSpec, 'auth_token' | 'inbound_secret'>): void {
  writePrivate(folder, join(folder.path, '.auth_token'), spec.auth_token);
  writePrivate(folder, join(folder.path, '.inbound_secret'), spec.inbound_secret);
}

export function readSecrets(folder: ProcessFolder): string[] {
  return ['.auth_token', '.inbound_secret']
    .map((name) => readText(join(folder.path, name))?.trim() ?? '')
    .filter((secret) => secret.length >= 8);
}

export function writeState(folder: ProcessFolder, state: SavedState): void {
  writePrivate(folder, join(folder.path, 'supervisor.json'), JSON.stringify(state));
}

/** Null when there is none, or none that can be read. */
export function readState(folder: ProcessFolder): SavedState | null {
  const state = readJson(join(folder.path, 'supervisor.json')) as SavedState | null;
  return state?.schema === 1 && Array.isArray(state.restarts) ? state : null;
}

/** Null while the runtime with this nonce has not said that it listens; a file of an earlier life does not count. */
export function readRuntimeFile(folder: ProcessFolder, nonce: string): RuntimeFile | null {
  const said = readJson(join(folder.path, 'runtime.json')) as Record<string, unknown> | null;
  const { instance, boot_id, url } = said ?? {};
  if (instance !== nonce) return null;
  return { instance: nonce, boot_id: typeof boot_id === 'string' ? boot_id : null, url: typeof url === 'string' ? url : null };
}

/**
 * Whole or not at all: a reader, or the next platform after a kill -9, never sees half a file. Not flushed to the disk:
 * what a power cut could take back describes processes that it ended as well.
 */
function writePrivate(folder: ProcessFolder, file: string, text: string): void {
  const draft = `${file}.${randomUUID()}.tmp`;
  try {
    mkdirSync(folder.path, { recursive: true, mode: 0o700 });
    writeFileSync(draft, text, { mode: 0o600 });
    renameSync(draft, file);
  } catch (error) {
    throw new CanvasError(
      'unavailable',
      `${file} cannot be written (${(error as Error).message}): free the disk or mend the rights of its folder, then start the workspace again.`,
    );
  }
}

function readJson(file: string): unknown {
  const text = readText(file);
  if (text === null) return null;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function readText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
