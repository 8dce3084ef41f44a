import { z } from 'zod';
import { CanvasError, type ErrorCode } from '#lib/contract/errors.ts';
import type { SignalOutcome } from '#lib/contract/restarts.ts';
import {
  type LiveSnapshotAnswer,
  type SnapshotDetail,
  type SnapshotDiffAnswer,
  type SnapshotRow,
  type SnapshotSide,
  snapshotDiffQuerySchema,
  snapshotUploadSchema,
} from '#lib/contract/snapshots.ts';
import { workspaceIdSchema } from '#lib/contract/workspaces.ts';
import { snapshotDiff } from '#lib/domain/snapshot-diff.ts';
import { latestSnapshot, snapshotBefore, snapshotById, snapshotsOf } from '#lib/store/snapshots.ts';
import { type Actor, eventActorOf } from './actor.ts';
import { allowOperator, allowSelf, refuseStranger } from './allow.ts';
import type { Deps } from './deps.ts';
import { askLiveSnapshot } from './live-snapshot.ts';
import { rowOfDetail, savedEvent, savedFacts, saveSnapshot, snapshotDetail, storedSnapshot } from './snapshot-keeping.ts';
import { readVerb, writeVerb } from './verb.ts';

const byId = z.object({ id: workspaceIdSchema });
const bySnapshot = z.object({ snapshot: z.string().min(1).max(64) });
/** The live state cannot be had: what a caller that needs it is told. */
const CODE_OF: Record<Exclude<SignalOutcome, 'acknowledged'>, ErrorCode> = {
  not_supported: 'upstream_failed',
  refused: 'upstream_failed',
  bad_answer: 'upstream_failed',
  unreachable: 'upstream_unreachable',
  no_address: 'upstream_unreachable',
  timed_out: 'timeout',
};

function allowKnown(actor: Actor, { id }: { id: string }, deps: Deps): void {
  allowOperator(actor);
  deps.fleet.get(id);
}

/** What a workspace saved of itself. Nobody can say it for a workspace, an operator neither. */
export const uploadSnapshot = writeVerb({
  name: 'uploadSnapshot',
  input: byId.and(z.object({ upload: snapshotUploadSchema })),
  allow: (actor, input, deps) => {
    if (actor.kind === 'anonymous') refuseStranger(actor);
    if (actor.kind !== 'workspace')
      throw new CanvasError('forbidden', `Only workspace ${input.id} itself may say, with its token, what it saved.`);
    allowSelf(actor, input);
    deps.fleet.get(input.id);
  },
  run: async ({ actor, now, tx, deps }, { id, upload: { run_id, ...snapshot } }) => {
    const detail = snapshotDetail({ workspaceId: id, snapshot, runId: run_id ?? null, origin: 'runtime' }, now);
    await saveSnapshot(tx, detail);
    return {
      result: { id: detail.id },
      events: [savedEvent(detail, eventActorOf(actor))],
      audit: { workspace_id: id, detail: savedFacts(detail) },
      committed: () => deps.runs.snapshotArrived(id, rowOfDetail(detail)),
    };
  },
});

export const listSnapshots = readVerb({
  name: 'listSnapshots',
  input: byId,
  allow: allowKnown,
  run: ({ deps }, { id }): Promise<SnapshotRow[]> => snapshotsOf(deps.store.db, id),
});

export const getSnapshot = readVerb({
  name: 'getSnapshot',
  input: bySnapshot,
  allow: allowOperator,
  run: ({ deps }, { snapshot }): Promise<SnapshotDetail> => storedSnapshot(deps, snapshot),
});

/** What would be kept if it were saved now; when its runtime cannot show that, the last one that was kept, and why. */
export const liveSnapshot = readVerb({
  name: 'liveSnapshot',
  input: byId,
  allow: allowKnown,
  run: async ({ deps }, { id }): Promise<LiveSnapshotAnswer> => {
    const live = await askLiveSnapshot(deps, id);
    const newest = await latestSnapshot(deps.store.db, id);
    const kept = newest && (await snapshotById(deps.store.db, newest.id));
    const last = kept && newest;
    const now = deps.now();
    if (live.outcome === 'acknowledged') {
      const { snapshot, bytes, in_flight } = live;
      return { source: 'live', why: '', now, bytes, snapshot, in_flight, last, since_last: kept && snapshotDiff(kept.snapshot, snapshot) };
    }
    const { why } = live;
    if (!kept) return { source: 'none', why, now, bytes: 0, snapshot: null, in_flight: [], last: null, since_last: null };
    return { source: 'last', why, now, bytes: kept.bytes, snapshot: kept.snapshot, in_flight: [], last, since_last: null };
  },
});

/** What changed, from the older to the newer of two. */
export const diffSnapshot = readVerb({
  name: 'diffSnapshot',
  input: bySnapshot.and(snapshotDiffQuerySchema),
  allow: allowOperator,
  run: async ({ deps }, { snapshot, against }): Promise<SnapshotDiffAnswer> => {
    const one = await storedSnapshot(deps, snapshot);
    const other = await otherSide(deps, one, against);
    const [before, after] = isLater(other, one) ? [one, other] : [other, one];
    return { before: sideOf(before), after: sideOf(after), diff: snapshotDiff(before.snapshot, after.snapshot) };
  },
});

/** By when they came; the live state is later than all. */
function isLater(other: Side, one: SnapshotDetail): boolean {
  if (other.id === null || other.received_at !== one.received_at) return other.id === null || other.received_at > one.received_at;
  return other.id > one.id;
}

type Side = Pick<SnapshotDetail, 'taken_at' | 'boot_id' | 'received_at' | 'snapshot'> & { id: string | null };

const sideOf = ({ id, taken_at, boot_id }: Side): SnapshotSide => ({ id, taken_at, boot_id });

async function otherSide(deps: Deps, one: SnapshotDetail, against: string): Promise<Side> {
  if (against === 'live') return liveSide(deps, one);
  if (against === 'restored') return (await restoredSide(deps, one)) ?? liveSide(deps, one);
  if (against === 'previous') {
    const previous = await snapshotBefore(deps.store.db, one);
    if (previous) return previous;
    throw new CanvasError(
      'not_found',
      `Snapshot ${one.id} is the oldest that is kept of its workspace: there is none before it to compare with.`,
    );
  }
  const other = await storedSnapshot(deps, against);
  if (other.workspace_id === one.workspace_id) return other;
  throw new CanvasError('bad_request', `Snapshots ${one.id} and ${other.id} are of two workspaces; only those of one can be compared.`);
}

async function liveSide(deps: Deps, one: SnapshotDetail): Promise<Side> {
  const live = await askLiveSnapshot(deps, one.workspace_id);
  if (live.outcome !== 'acknowledged') throw new CanvasError(CODE_OF[live.outcome], `There is no live state to compare with. ${live.why}`);
  const { snapshot } = live;
  const now = deps.now();
  return { id: null, taken_at: now, received_at: now, boot_id: snapshot.boot_id, snapshot };
}

/** What the process showed that was started from it, when the run kept that: a snapshot of the same run and a later boot. */
async function restoredSide(deps: Deps, one: SnapshotDetail): Promise<SnapshotDetail | null> {
  if (one.run_id === null) return null;
  const later = (await snapshotsOf(deps.store.db, one.workspace_id)).filter(
    (row) => row.run_id === one.run_id && row.boot_id !== one.boot_id && row.received_at >= one.received_at,
  );
  const first = later.at(-1);
  return first ? snapshotById(deps.store.db, first.id) : null;
}
