import { spawn } from 'node:child_process';

import { PROJECT_ROOT } from './project-root.js';

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();

for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.on(signal, () => {
    if (!running.size) return;
    for (const child of running) child.kill(signal);
    process.exitCode = 130;
  });
}

/**
 * Runs a program in the project's folder until it ends. A signal to this script reaches the program too.
 * With `quiet` its output is kept and returned instead of shown.
 * @param {string[]} command
 * @param {{ env?: Record<string, string>, quiet?: boolean, onStart?: (pid: number | undefined) => void }} [options]
 * @returns {Promise<{ code: number, output: string }>} code 128 when a signal ended it, 127 when it could not start
 */
export function runCommand(command, options = {}) {
  const [program, ...args] = command;
  const child = spawn(program, args, {
    cwd: PROJECT_ROOT,
    env: { ...process.env, ...options.env },
    stdio: options.quiet ? ['ignore', 'pipe', 'pipe'] : 'inherit',
    shell: process.platform === 'win32' && program === 'npm',
  });
  running.add(child);
  const kept = [];
  child.stdout?.on('data', (chunk) => kept.push(chunk));
  child.stderr?.on('data', (chunk) => kept.push(chunk));
  return new Promise((resolve) => {
    const settle = (code, extra = '') => {
      running.delete(child);
      resolve({ code, output: Buffer.concat(kept).toString('utf8') + extra });
    };
    child.on('error', (error) => settle(127, error.message));
    child.on('close', (code) => settle(code ?? 128));
  });
}
