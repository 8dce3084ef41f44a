import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { descendantsOf, listProcesses, readProcess } from './process-table.ts';

/** `ps` is the way on every Unix but Linux; where both exist they must agree. */
const sources = process.platform === 'linux' ? (['proc', 'ps'] as const) : (['ps'] as const);

test.each(sources)('%s tells a process by pid, parent, group, start and arguments, until it ends', async (source) => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', '--', 'with (odd) name'], {
    detached: true,
    stdio: 'ignore',
  });
  await once(child, 'spawn');
  const pid = child.pid ?? 0;
  try {
    const row = await readProcess(pid, source);
    expect(row).toMatchObject({ pid, ppid: process.pid, pgid: pid, zombie: false });
    expect(row?.command).toMatch(/ -e setInterval.* with \(odd\) name$/);
    expect(row?.started).not.toBe('');
    expect((await readProcess(pid, source))?.started).toBe(row?.started);
    const table = await listProcesses(source);
    expect(table.find((one) => one.pid === pid)).toEqual(row);
    expect(descendantsOf(process.pid, table).map((one) => one.pid)).toContain(pid);
    expect(descendantsOf(pid, table)).toEqual([]);
  } finally {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  expect(await readProcess(pid, source)).toBeNull();
});
