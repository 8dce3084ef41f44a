import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import { provisionerContract } from '#lib/ports/provisioner.contract.ts';
import { createProcessProvisioner } from './process-provisioner.ts';
import { descendantsOf, listProcesses, readProcess } from './process-table.ts';

const STAND_IN = join(import.meta.dirname, 'test-runtime.js');

provisionerContract('the process provisioner', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'canvas-processes-'));
  const folder = (id: string): string => join(dataDir, 'workspaces', id);
  return {
    open: () =>
      createProcessProvisioner({
        dataDir,
        command: [process.execPath, STAND_IN],
        environment: process.env,
        log: () => undefined,
        stopDeadlineMs: 1000,
        backoff: { baseMs: 300, maxMs: 300 },
        pollMs: 50,
        lockWaitMs: 0,
      }),
    config: (behaviour) => ({ behaviour }),
    async crash({ pid }) {
      if (pid === null) throw new Error('nothing runs that could crash');
      process.kill(pid, 'SIGKILL');
      await vi.waitFor(async () => {
        const row = await readProcess(pid);
        if (row && !row.zombie) throw new Error(`${pid} still lives`);
      });
    },
    async living(id) {
      const table = (await listProcesses()).filter((row) => !row.zombie);
      const leaders = table.filter((row) => row.command.includes(` --config ${folder(id)}/`));
      const below = leaders.flatMap((leader) => descendantsOf(leader.pid, table));
      const left = await readFile(join(folder(id), 'child.pid'), 'utf8').catch(() => '');
      const orphan = table.filter((row) => row.pid === Number(left));
      return new Set([...leaders, ...below, ...orphan].map((row) => row.pid)).size;
    },
    async credentials(id) {
      const [auth_token, inbound_secret] = await Promise.all(
        ['.auth_token', '.inbound_secret'].map((name) => readFile(join(folder(id), name), 'utf8')),
      );
      return { auth_token: auth_token ?? '', inbound_secret: inbound_secret ?? '' };
    },
    async snapshot(id) {
      const file = join(folder(id), '.agent_snapshot.json');
      if (!existsSync(file)) return null;
      return { text: await readFile(file, 'utf8'), mode: (await stat(file)).mode & 0o777 };
    },
    saves: (id, text) => writeFile(join(folder(id), '.agent_snapshot.json'), text),
    keeps: async (id) => existsSync(folder(id)),
    async dispose() {
      const left = (await listProcesses()).filter((row) => row.command.includes(` --config ${dataDir}/`));
      for (const { pid } of left) process.kill(pid, 'SIGKILL');
      await rm(dataDir, { recursive: true, force: true });
      expect(left).toEqual([]);
    },
  };
});
