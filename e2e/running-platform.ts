import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface RunningPlatform {
  /** As it printed it. */
  url: string;
  pid: number;
  dataDir: string;
  /** What it has logged so far. */
  log(): string;
  /** What it has printed for a person so far. */
  printed(): string;
  /** SIGKILL; resolves when it is gone. */
  kill9(): Promise<void>;
  /** SIGTERM; resolves with its exit code. */
  stop(): Promise<number | null>;
}

/** The folder above this file, in the sources and in a bundle alike. */
const PROJECT = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const PROGRAM = join(PROJECT, 'dist', 'main.js');

export interface PlatformOptions {
  dataDir: string;
  /** 0: any free one. */
  port?: number;
  settings?: Record<string, string>;
}

/** Starts the built platform as a process of its own and waits until it says that it is ready. */
export function startPlatform(options: PlatformOptions): Promise<RunningPlatform> {
  return launchPlatform(options).ready;
}

/**
 * The same for those who do not wait. Only what a shell would have is in its environment, so that nothing of the test's
 * own leaks in.
 */
export function launchPlatform(options: PlatformOptions): { ready: Promise<RunningPlatform>; kill9(): Promise<void> } {
  if (!existsSync(PROGRAM)) throw new Error(`${PROGRAM} is not there: run "npm run build" first`);
  const dataDir = join(options.dataDir, 'data');
  const child = spawn(process.execPath, [PROGRAM], {
    cwd: PROJECT,
    env: {
      PATH: '/usr/local/bin:/usr/bin:/bin',
      HOME: options.dataDir,
      NODE_ENV: 'production',
      NEXT_TELEMETRY_DISABLED: '1',
      PORT: String(options.port ?? 0),
      CANVAS_DATA_DIR: dataDir,
      ...options.settings,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log += text;
  });
  const kill9 = async (): Promise<void> => void (await end(child, 'SIGKILL'));
  const running = (url: string): RunningPlatform => ({
    url,
    pid: child.pid ?? 0,
    dataDir,
    log: () => log,
    printed: () => printed,
    kill9,
    stop: () => end(child, 'SIGTERM'),
  });
  return { ready: readyUrl(child, () => log).then(running), kill9 };
}

/** The setting of a platform on PostgreSQL; nothing: on the embedded database. */
export function onDatabase(url: string | undefined): Pick<PlatformOptions, 'settings'> {
  return url === undefined ? {} : { settings: { DATABASE_URL: url } };
}

/** A port that was free a moment ago, for a platform that must come back under the same address. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port was free');
  return address.port;
}

async function readyUrl(child: ChildProcess & { stdout: NonNullable<ChildProcess['stdout']> }, log: () => string): Promise<string> {
  const lines = createInterface({ input: child.stdout });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`The platform ended with ${code} before it was ready:\n${log()}`);
  });
  const ready = (async () => {
    for await (const line of lines) {
      const url = /^Canvas is ready on (\S+)$/.exec(line)?.[1];
      if (url) return url;
    }
    return ended;
  })();
  const url = await Promise.race([ready, ended]);
  ended.catch(() => undefined);
  child.stdout.resume();
  return url;
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }
  return child.exitCode;
}
