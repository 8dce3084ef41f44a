import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { atExit, temporaryFolder } from './at-exit.ts';
import { type BenchWorkspace, DIST, startFleet } from './bench-fleet.ts';
import type { Figure, Measure } from './figure.ts';
import { residentMb } from './process-usage.ts';
import { median } from './samples.ts';

const ROOT = join(DIST, '..');

/** How long one waits: for the page after `npm start`, and for a runtime's door; and what an idle runtime holds. */
export const startUp: Measure = async ({ quick, say }) => {
  const { path: folder, remove } = temporaryFolder('canvas-bench-start');
  try {
    say('npm start, again and again');
    const times = [];
    await npmStart(folder);
    for (let n = 0; n < (quick ? 1 : 5); n += 1) times.push(await npmStart(folder));
    const ms = median(times);
    const page: Figure = {
      measure: 'The second npm start, until the page answers',
      target: '< 3 s',
      figure: `${(ms / 1000).toFixed(2)} s`,
      ok: ms < 3000,
      numbers: { ms },
    };
    return [page, ...(await runtime(folder, quick ? 2 : 7))];
  } finally {
    remove();
  }
};

async function npmStart(folder: string): Promise<number> {
  const began = performance.now();
  const child = spawn('npm', ['start'], {
    cwd: ROOT,
    env: {
      ...process.env,
      PORT: '0',
      HOST: '127.0.0.1',
      CANVAS_DATA_DIR: join(folder, 'data'),
      CANVAS_LOG_LEVEL: 'warn',
      CANVAS_DEMO: '0',
    },
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: true,
  });
  const ended = once(child, 'exit');
  // Detached, so that its group has its id: npm passes signals on to nobody in some versions.
  const endAll = (signal: NodeJS.Signals) => process.kill(-(child.pid ?? 0), signal);
  const forget = atExit(() => endAll('SIGKILL'));
  const url = await firstMatch(child.stdout, /http:\/\/127\.0\.0\.1:\d+/);
  const status = (await fetch(`${url}/`)).status;
  const ms = performance.now() - began;
  endAll('SIGTERM');
  await ended;
  forget();
  if (status !== 200) throw new Error(`the page answered ${status}`);
  return ms;
}

async function runtime(folder: string, times: number): Promise<Figure[]> {
  const fleet = await startFleet({ workspaces: times });
  try {
    const listens: number[] = [];
    const memory: number[] = [];
    for (const [n, workspace] of fleet.workspaces.entries()) {
      const { ms, idleMb } = await startRuntime(fleet.platform.port, workspace, join(folder, `runtime-${n}`));
      listens.push(ms);
      memory.push(idleMb);
    }
    const [ms, mb] = [median(listens), median(memory)];
    return [
      {
        measure: 'A runtime, from its start until it listens',
        target: '< 300 ms',
        figure: `${ms.toFixed(0)} ms`,
        ok: ms < 300,
        numbers: { ms },
      },
      { measure: 'The same, idle', target: '< 80 MB', figure: `${mb.toFixed(0)} MB`, ok: mb < 80, numbers: { mb } },
    ];
  } finally {
    await fleet.close();
  }
}

async function startRuntime(port: number, { id, token }: BenchWorkspace, folder: string): Promise<{ ms: number; idleMb: number }> {
  mkdirSync(folder, { mode: 0o700 });
  writeFileSync(join(folder, '.auth_token'), token, { mode: 0o600 });
  const began = performance.now();
  const args = [join(DIST, 'workspace.js'), '--platform', `http://127.0.0.1:${port}`, '--id', id, '--folder', folder, '--', 'cat'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  child.once(
    'exit',
    atExit(() => child.kill('SIGKILL')),
  );
  try {
    await firstMatch(child.stdout, /Listening at http:\/\/127\.0\.0\.1:\d+/);
    const ms = performance.now() - began;
    await wait(5000);
    return { ms, idleMb: residentMb(child.pid ?? 0).now };
  } finally {
    if (child.exitCode === null) child.kill('SIGTERM');
    await ended;
  }
}

/** The first text that matches; rejects when the output ends before. What comes later is read and dropped. */
function firstMatch(output: Readable, pattern: RegExp): Promise<string> {
  let said = '';
  return new Promise((resolve, reject) => {
    output.on('data', (chunk: Buffer) => {
      if (said.length < 10_000) said += chunk.toString('utf8');
      const found = pattern.exec(said)?.[0];
      if (found !== undefined) resolve(found);
    });
    output.on('end', () => reject(new Error(`It ended before it listened: ${said}`)));
  });
}
