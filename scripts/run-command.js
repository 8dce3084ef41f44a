import { spawn } from 'node:child_process';

import { PROJECT_ROOT } from './project-root.js';

const SIGNALS = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);

/**
 * Runs a program in the project's folder until it ends. A signal that reaches this script meanwhile goes to the
 * program, and the script ends with it. With `quiet` the output is kept and returned instead of shown.
 * @param {string[]} command
 * @param {{ env?: Record<string, string>, quiet?: boolean }} [options]
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
  let asked = '';
  const forward = (signal) => {
    asked = signal;
    child.kill(signal);
  };
  for (const signal of SIGNALS) process.on(signal, forward);
  const kept = [];
  child.stdout?.on('data', (chunk) => kept.push(chunk));
  child.stderr?.on('data', (chunk) => kept.push(chunk));
  return new Promise((resolve) => {
    const settle = (code, extra = '') => {
      for (const signal of SIGNALS) process.off(signal, forward);
      if (asked) process.exit(asked === 'SIGINT' ? 130 : 143);
      resolve({ code, output: Buffer.concat(kept).toString('utf8') + extra });
    };
    child.on('error', (error) => settle(127, error.message));
    child.on('close', (code) => settle(code ?? 128));
  });
}
