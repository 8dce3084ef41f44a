import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach } from 'vitest';

/** Test support: another process, running a TypeScript file of this project. It is killed after the test at the latest. */
export interface TestChild {
  child: ChildProcess;
  /** Ends its input, which some wait for. */
  go(): void;
  /** What it prints, line by line. */
  lines: Interface;
  ended: Promise<{ code: number | null; out: string; err: string }>;
}

const children = new Set<ChildProcess>();

afterEach(async () => {
  for (const child of children) {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }
  children.clear();
});

export function startChild(script: URL, args: readonly string[], env: Record<string, string> = {}): TestChild {
  const child = spawn(process.execPath, ['--import', 'tsx', fileURLToPath(script), ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  children.add(child);
  const said = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => {
    said.out += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    said.err += chunk.toString();
  });
  return {
    child,
    go: () => void child.stdin.end(),
    lines: createInterface({ input: child.stdout }),
    ended: once(child, 'close').then(([code]) => ({ code: code as number | null, ...said })),
  };
}
