import type { SNAPSHOT_ENDPOINTS } from '#lib/contract/restart-endpoints.ts';
import { diffSnapshot, getSnapshot, listSnapshots, liveSnapshot, uploadSnapshot } from '#lib/platform/snapshot-verbs.ts';
import type { Call } from './call.ts';

const idOf = ({ params }: Call) => ({ id: params['id'] ?? '' });
const snapshotOf = ({ params }: Call) => ({ snapshot: params['snapshot'] ?? '' });

export const SNAPSHOT_HANDLERS: Record<keyof typeof SNAPSHOT_ENDPOINTS, (call: Call) => unknown> = {
  uploadSnapshot: (call) => uploadSnapshot(call.deps, call.actor, { ...idOf(call), upload: call.body }),
  listSnapshots: (call) => listSnapshots(call.deps, call.actor, idOf(call)),
  liveSnapshot: (call) => liveSnapshot(call.deps, call.actor, idOf(call)),
  getSnapshot: (call) => getSnapshot(call.deps, call.actor, snapshotOf(call)),
  diffSnapshot: (call) => diffSnapshot(call.deps, call.actor, { ...call.query, ...snapshotOf(call) }),
};
