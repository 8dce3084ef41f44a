import type { LedgerEvent } from '#lib/contract/events.ts';
import type { WorkspaceDetail } from '#lib/contract/workspaces.ts';
import { acknowledged, type PlatformApi } from './platform-api.ts';
import type { SeededRandom } from './seeded-random.ts';

/** A page of the ledger holds the newest 100 rows; what happens between two looks must fit. */
const MAX_CHANGES = 80;

type Mood = 'fine' | 'wedged' | 'failing';
const STATUS_OF: Record<Mood, { status: string; cause: string | null }> = {
  fine: { status: 'online', cause: null },
  wedged: { status: 'degraded', cause: 'wedged' },
  failing: { status: 'degraded', cause: 'errors' },
};

/** A runtime that beats without pause and changes its mood often. It knows what the platform acknowledged. */
export interface SimulatedAgent {
  id: string;
  token: string;
  /** Beats until `until` aborts. */
  run(until: AbortSignal): Promise<void>;
  /** Compares a platform that came back with what was acknowledged before. Rejects with what was lost. */
  verify(api: PlatformApi): Promise<{ changes: number }>;
}

export function simulatedAgent(api: PlatformApi, random: SeededRandom, id: string, token: string): SimulatedAgent {
  const bootId = `boot-${id}`;
  let mood: Mood = 'fine';
  let unsure: Mood | null = null;
  let changes: Mood[] = [];
  let seen = 0;
  let beats = 0;

  async function beat(next: Mood): Promise<void> {
    beats += 1;
    unsure = next;
    const outcome = await api.call<unknown>(
      'POST',
      '/registry/heartbeat',
      {
        workspace_id: id,
        boot_id: bootId,
        interval_seconds: 5,
        uptime_seconds: beats,
        active_tasks: beats % 4,
        current_task: `Task ${beats}`,
        error_rate: next === 'failing' ? 1 : 0,
        requests: 10,
        sample_error: next === 'fine' ? '' : `${next} on purpose`,
        ...(next === 'wedged' ? { runtime_state: 'wedged' } : {}),
        runtime_metadata: { capabilities: { session: true } },
      },
      token,
    );
    if (acknowledged(`beat ${beats} of ${id}`, outcome) === null) return;
    if (next !== mood) changes.push(next);
    mood = next;
    unsure = null;
  }

  return {
    id,
    token,
    async run(until) {
      while (!until.aborted && unsure === null)
        await beat(random.below(3) === 0 && changes.length < MAX_CHANGES ? random.pick<Mood>(['fine', 'wedged', 'failing']) : mood);
    },
    async verify(platform) {
      const shown = await platform.get<WorkspaceDetail>(`/workspaces/${id}`);
      const possible = unsure === null ? [mood] : [mood, unsure];
      const found = possible.find((one) => STATUS_OF[one].status === shown.status && STATUS_OF[one].cause === shown.cause);
      if (found === undefined)
        throw new Error(`${id} is ${shown.status}/${shown.cause} (${shown.reason}), but ${possible.join(' or ')} was acknowledged`);
      if (shown.late) throw new Error(`${id} is called late for a time when the platform itself was away`);
      const ledger = (await platform.get<LedgerEvent[]>(`/events/${id}`)).filter(
        (event) => event.type === 'workspace.status' && event.seq > seen,
      );
      const told = ledger.reverse().map((event) => moodOf(event));
      if (seen > 0) {
        const withUnsure = found === mood ? changes : [...changes, found];
        if (told.join() !== withUnsure.join())
          throw new Error(`the ledger of ${id} tells ${told.join()}, but ${withUnsure.join()} was acknowledged`);
      }
      const acknowledgedChanges = changes.length;
      seen = ledger.at(-1)?.seq ?? seen;
      mood = found;
      unsure = null;
      changes = [];
      return { changes: acknowledgedChanges };
    },
  };
}

function moodOf(event: LedgerEvent): string {
  if (event.type !== 'workspace.status') return event.type;
  const { to, cause } = event.data;
  return Object.entries(STATUS_OF).find(([, one]) => one.status === to && one.cause === cause)?.[0] ?? `${to}/${cause}`;
}
