import type { Restored } from '#lib/contract/restarts.ts';
import { readableSnapshotSchema, type Snapshot } from '#lib/contract/snapshot.ts';
import { snapshotById } from '#lib/store/snapshots.ts';
import { callAgent } from './call-agent.ts';
import type { Deps } from './deps.ts';
import type { HeldRun } from './restart-runs.ts';

const LOOK_TIMEOUT_MS = 10_000;

/** Looks at what the new process holds, before any message reaches it, and stamps `restored` with what came back. */
export async function lookAtRestored(deps: Deps, held: HeldRun): Promise<void> {
  const { run } = held;
  const givenId = run.restore_snapshot_id ?? run.snapshot_id;
  const given = givenId === null ? null : await snapshotById(deps.store.db, givenId);
  const restored = await look(deps, held, given?.snapshot ?? null);
  await deps.runs.advance(held, { restored }, 'restored', { ...restored, snapshot_id: givenId });
}

async function look(deps: Deps, { run }: HeldRun, given: Snapshot | null): Promise<Restored> {
  const unknown = (why: string): Restored => ({
    confirmed: false,
    why,
    session_id: null,
    session_resumed: null,
    transcript_lines: 0,
    completed_messages: 0,
  });
  try {
    const answer = await callAgent(deps, run.workspace_id, {
      method: 'GET',
      path: '/signals/snapshot',
      timeoutMs: LOOK_TIMEOUT_MS,
      signal: deps.runs.ending,
    });
    if (answer.status !== 200) return unknown(`Its runtime does not show what it restored (it answered ${answer.status})`);
    const live = readableSnapshotSchema.safeParse(answer.body);
    if (!live.success) return unknown('What it showed is no snapshot');
    const { session_id, transcript_lines, completed_message_ids } = live.data;
    return {
      confirmed: true,
      why: given === null ? 'No snapshot was saved before it ended; this is what it kept by itself' : '',
      session_id,
      session_resumed: given?.session_id == null ? null : session_id === given.session_id,
      transcript_lines: transcript_lines.length,
      completed_messages: completed_message_ids.length,
    };
  } catch (thrown) {
    if (deps.runs.ending.aborted) throw thrown;
    return unknown(thrown instanceof Error ? thrown.message : String(thrown));
  }
}
