import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { vi } from 'vitest';

export const PROJECT = fileURLToPath(new URL('..', import.meta.url));

export interface NpmCommand {
  child: ChildProcess;
  /** Everything it printed so far. */
  output(): string;
  /** The address that it printed, once that is there. */
  address(): Promise<string>;
  /** Resolves with its exit code, or the signal that ended it. */
  ended: Promise<number | NodeJS.Signals>;
  /** What is left of it: npm, its shell, our scripts and everything that names the data folder. */
  processes(): string[];
}

/** Runs `npm run NAME` as a person would, in a process group of its own. */
export function npmRun(name: string, dataDir: string, env: Record<string, string> = {}): NpmCommand {
  const child = spawn('npm', ['run', name], {
    cwd: PROJECT,
    detached: true,
    env: { ...process.env, PORT: '0', CANVAS_DATA_DIR: dataDir, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const keep = (chunk: Buffer): void => {
    output += chunk.toString('utf8');
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const ended = once(child, 'exit').then(([code, signal]) => (code ?? signal) as number | NodeJS.Signals);
  return {
    child,
    output: () => output,
    ended,
    processes: () => processesOf(child.pid ?? 0, dataDir),
    address: () =>
      vi.waitFor(
        () => {
          const found = /ready on (http:\S+)/.exec(output)?.[1];
          if (!found) throw new Error(`npm run ${name} has not printed an address:\n${output}`);
          return found;
        },
        { timeout: 90_000, interval: 10 },
      ),
  };
}

function processesOf(group: number, dataDir: string): string[] {
  const all = execFileSync('ps', ['-A', '-ww', '-o', 'pid=,pgid=,stat=,args='], { encoding: 'utf8' }).split('\n');
  return all.filter((line) => {
    const [, pgid, state] = line.trim().split(/\s+/);
    return !state?.startsWith('Z') && (Number(pgid) === group || line.includes(dataDir));
  });
}
