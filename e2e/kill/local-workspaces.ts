import { setTimeout as delay } from 'node:timers/promises';
import type { LedgerEvent } from '#lib/contract/events.ts';
import type { RestartPage } from '#lib/contract/restarts.ts';
import type { WorkspaceDetail } from '#lib/contract/workspaces.ts';
import { livingWorkspaces } from './living-workspaces.ts';
import { acknowledged, type PlatformApi } from './platform-api.ts';
import type { SeededRandom } from './seeded-random.ts';
import type { SleepingStore } from './sleeping-store.ts';

const PATIENCE_MS = 30_000;

/** Real workspaces that the platform itself started: two that are left alone, two that an operator starts and stops. */
export interface LocalWorkspaces {
  run(until: AbortSignal): Promise<void>;
  /** Waits until what runs is what was asked for; rejects when it never is, or when one that was left alone was touched. */
  verify(api: PlatformApi, store: SleepingStore): Promise<{ processes: number }>;
}

export async function localWorkspaces(api: PlatformApi, random: SeededRandom, dataDir: string): Promise<LocalWorkspaces> {
  const create = async (name: string): Promise<string> => {
    const config = { interval_seconds: 5, agent: { kind: 'command', command: ['true'] } };
    const made = acknowledged<{ id: string }>(
      `creating ${name}`,
      await api.call('POST', '/workspaces', { name, provisioner: 'process', config }),
    );
    return made?.id ?? '';
  };
  const calm = await Promise.all(['Calm 1', 'Calm 2'].map(create));
  const busy = await Promise.all(['Busy 1', 'Busy 2'].map(create));
  const wanted = new Map<string, boolean | null>([...calm, ...busy].map((id) => [id, true]));
  await eventually('all four run', () => runsAsWanted());
  await eventually('all four are online', async () =>
    (await Promise.all([...wanted.keys()].map((id) => online(api, id)))).every((problem) => problem === null) ? null : 'not yet',
  );
  const pidOf = new Map((await livingWorkspaces(dataDir)).map(({ id, pid }) => [id, pid]));

  async function runsAsWanted(): Promise<string | null> {
    const living = await livingWorkspaces(dataDir);
    for (const [id, runs] of wanted) {
      const count = living.filter((one) => one.id === id).length;
      if (runs !== null && count !== (runs ? 1 : 0)) return `${count} processes of ${id}, which is wanted ${runs ? 'running' : 'stopped'}`;
    }
    const orphan = living.find((one) => !wanted.has(one.id));
    return orphan ? `process ${orphan.pid} runs for ${orphan.id}, which nobody knows` : null;
  }

  return {
    async run(until) {
      while (!until.aborted) {
        const id = random.pick(busy);
        const start = random.below(2) === 0;
        wanted.set(id, null);
        if (!acknowledged(start ? 'a start' : 'a stop', await api.call('POST', `/workspaces/${id}/${start ? 'start' : 'stop'}`))) return;
        wanted.set(id, start);
      }
    },
    async verify(platform, { desired }) {
      for (const [id, runs] of wanted) {
        const stored = desired.get(id) === 'running';
        if (runs !== null && runs !== stored)
          throw new Error(`${id} was acknowledged to be ${runs ? 'started' : 'stopped'}, and the store does not know`);
        wanted.set(id, stored);
      }
      await eventually('what runs is what was asked for', runsAsWanted).catch(async (error: Error) => {
        throw new Error(`${error.message}\n${(await Promise.all(busy.map((id) => told(platform, id)))).join('\n')}`);
      });
      for (const id of busy) await eventually('the page says so', () => saysSo(platform, id, wanted.get(id) === true));
      const living = await livingWorkspaces(dataDir);
      for (const id of calm) {
        const pid = living.find((one) => one.id === id)?.pid;
        if (pid !== pidOf.get(id)) throw new Error(`${id} was left alone and is process ${pid} now instead of ${pidOf.get(id)}`);
        const problem = await online(platform, id);
        if (problem) throw new Error(problem);
        const told = await platform.get<LedgerEvent[]>(`/events/${id}`);
        const fall = told.find(
          (event) => event.type === 'process.ended' || (event.type === 'workspace.status' && event.data.to !== 'online'),
        );
        if (fall) throw new Error(`${id} was left alone, but the ledger tells ${JSON.stringify(fall)}`);
      }
      return { processes: living.length };
    },
  };
}

/** What the platform says of it, for whoever must find out why. */
async function told(api: PlatformApi, id: string): Promise<string> {
  const { status, cause, reason } = await api.get<WorkspaceDetail>(`/workspaces/${id}`);
  const { items } = await api.get<RestartPage>(`/workspaces/${id}/restarts?limit=2`);
  const runs = items.map((run) => `${run.kind} by ${run.origin} is ${run.state} (${JSON.stringify(run.failure)})`);
  return `${id} is ${status}/${cause} (${reason}); its runs: ${runs.join('; ')}`;
}

async function online(api: PlatformApi, id: string): Promise<string | null> {
  const { status, late, reason } = await api.get<WorkspaceDetail>(`/workspaces/${id}`);
  return status === 'online' && !late ? null : `${id} is ${late ? 'late' : status} (${reason})`;
}

async function saysSo(api: PlatformApi, id: string, runs: boolean): Promise<string | null> {
  if (runs) return online(api, id);
  const { status, cause } = await api.get<WorkspaceDetail>(`/workspaces/${id}`);
  return cause === 'stopped' ? null : `${id} is stopped and shown as ${status}/${cause}`;
}

async function eventually(what: string, problem: () => Promise<string | null>): Promise<void> {
  const giveUpAt = Date.now() + PATIENCE_MS;
  for (;;) {
    const found = await problem();
    if (found === null) return;
    if (Date.now() > giveUpAt) throw new Error(`after ${PATIENCE_MS / 1000} s it does not hold that ${what}: ${found}`);
    await delay(50);
  }
}
