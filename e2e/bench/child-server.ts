import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { atExit } from './at-exit.ts';

const READY = /http:\/\/127\.0\.0\.1:(\d+)/;
const MAX_KEPT = 4000;

export interface ChildServer {
  pid: number;
  port: number;
  /** From the spawn to the line with its address. */
  startedInMs: number;
  /** Asks it to end and waits until it has. */
  stop(): Promise<void>;
}

export interface ServerCommand {
  args: string[];
  env?: Record<string, string>;
}

/** Starts a Node program that prints its address once it answers. Rejects with its last words when it ends before that. */
export async function startServer({ args, env }: ServerCommand): Promise<ChildServer> {
  const began = performance.now();
  const child = spawn(process.execPath, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const forget = atExit(() => child.kill('SIGKILL'));
  child.once('exit', forget);
  const port = await readyPort(child);
  const startedInMs = performance.now() - began;
  const ended = once(child, 'exit');
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    await ended;
  };
  return { pid: child.pid ?? 0, port, startedInMs, stop };
}

function readyPort(child: ChildProcess): Promise<number> {
  let said = '';
  return new Promise((resolve, reject) => {
    const hear = (chunk: Buffer) => {
      said = (said + chunk.toString('utf8')).slice(-MAX_KEPT);
      const port = READY.exec(said)?.[1];
      if (port !== undefined) resolve(Number(port));
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString('utf8')).slice(-MAX_KEPT);
    });
    child.on('error', reject);
    child.on('exit', (code, signal) =>
      reject(new Error(`${child.spawnargs.join(' ')} ended with ${signal ?? code} before it answered: ${said}`)),
    );
  });
}
