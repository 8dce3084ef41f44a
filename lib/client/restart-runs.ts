import type { QueryClient } from '@tanstack/react-query';
import type { BulkPreview, BulkRestart, BulkRestartDetail, bulkPreviewSchema, bulkRestartSchema } from '#lib/contract/bulk-restarts.ts';
import type { QueuedMessage, QueuedMessageDetail, QueuePage } from '#lib/contract/messages.ts';
import type { pauseSchema, RestartPage, RestartPreview, RestartRequest, RestartRunDetail, resumeSchema } from '#lib/contract/restarts.ts';
import type { LiveSnapshotAnswer, SnapshotDetail, SnapshotDiffAnswer, SnapshotRow } from '#lib/contract/snapshots.ts';
import { callApi } from './api.ts';

/**
 * Query keys of everything around restarts. The second part is the workspace's id where there is one, so that whatever
 * refetches all of a workspace finds these too.
 */
export const runKeys = {
  run: (runId: string) => ['run', runId] as const,
  preview: (id: string) => ['restart-preview', id] as const,
  live: (id: string) => ['live-snapshot', id] as const,
  queue: (id: string, state: QueueFilter = 'open') => ['queue', id, state] as const,
  queued: (id: string, queueId: string) => ['queue', id, 'one', queueId] as const,
  restarts: (active: boolean | null = null) => ['restarts', active] as const,
  workspaceRestarts: (id: string) => ['workspace-restarts', id] as const,
  snapshots: (id: string) => ['snapshots', id] as const,
  snapshot: (snapshotId: string) => ['snapshot', snapshotId] as const,
  diff: (snapshotId: string, against: string) => ['snapshot-diff', snapshotId, against] as const,
  bulks: () => ['bulks'] as const,
  bulk: (bulkId: string) => ['bulk', bulkId] as const,
};

export type QueueFilter = 'open' | 'ended' | 'all';
/** Which page of a list; the cursor is the `next` of the page before. */
export interface RunsPage {
  active?: boolean;
  limit?: number;
  cursor?: string | null;
}

const pageQuery = ({ active, limit, cursor }: RunsPage) => ({
  active: active === undefined ? undefined : String(active),
  limit,
  cursor: cursor ?? undefined,
});
const within = (signal: AbortSignal | undefined) => (signal === undefined ? {} : { signal });

export const requestRestart = (id: string, body: RestartRequest) =>
  callApi<RestartRunDetail>('POST /workspaces/:id/restart', { params: { id }, body });
export const pauseWorkspace = (id: string, body: (typeof pauseSchema)['_input'] = {}) =>
  callApi<RestartRunDetail>('POST /workspaces/:id/pause', { params: { id }, body });
export const resumeWorkspace = (id: string, body: (typeof resumeSchema)['_input'] = {}) =>
  callApi<RestartRunDetail>('POST /workspaces/:id/resume', { params: { id }, body });

export const cancelRun = (run: string) => callApi<RestartRunDetail>('POST /restarts/:run/cancel', { params: { run }, body: {} });
export const forceRun = (run: string) => callApi<RestartRunDetail>('POST /restarts/:run/force', { params: { run }, body: {} });
/** Answers the new run, which begins at the start. */
export const startAgain = (run: string) => callApi<RestartRunDetail>('POST /restarts/:run/start-again', { params: { run }, body: {} });

export const fetchRun = (run: string, signal?: AbortSignal) =>
  callApi<RestartRunDetail>('GET /restarts/:run', { params: { run }, ...within(signal) });
export const fetchPreview = (id: string, signal?: AbortSignal) =>
  callApi<RestartPreview>('GET /workspaces/:id/restart-preview', { params: { id }, ...within(signal) });
export const fetchRestarts = (page: RunsPage = {}, signal?: AbortSignal) =>
  callApi<RestartPage>('GET /restarts', { query: pageQuery(page), ...within(signal) });
export const fetchWorkspaceRestarts = (id: string, page: RunsPage = {}, signal?: AbortSignal) =>
  callApi<RestartPage>('GET /workspaces/:id/restarts', { params: { id }, query: pageQuery(page), ...within(signal) });

export const fetchLiveSnapshot = (id: string, signal?: AbortSignal) =>
  callApi<LiveSnapshotAnswer>('GET /workspaces/:id/snapshots/live', { params: { id }, ...within(signal) });
export const fetchSnapshots = (id: string, signal?: AbortSignal) =>
  callApi<SnapshotRow[]>('GET /workspaces/:id/snapshots', { params: { id }, ...within(signal) });
export const fetchSnapshot = (snapshot: string, signal?: AbortSignal) =>
  callApi<SnapshotDetail>('GET /snapshots/:snapshot', { params: { snapshot }, ...within(signal) });
/** `against`: an id of the same workspace, `previous` or `live`. */
export const fetchDiff = (snapshot: string, against: string, signal?: AbortSignal) =>
  callApi<SnapshotDiffAnswer>('GET /snapshots/:snapshot/diff', { params: { snapshot }, query: { against }, ...within(signal) });

export const fetchQueue = (id: string, state: QueueFilter = 'open', signal?: AbortSignal) =>
  callApi<QueuePage>('GET /workspaces/:id/a2a/queue', { params: { id }, query: { state }, ...within(signal) });
export const fetchQueued = (id: string, qid: string, signal?: AbortSignal) =>
  callApi<QueuedMessageDetail>('GET /workspaces/:id/a2a/queue/:qid', { params: { id, qid }, ...within(signal) });
export const retryMessage = (id: string, qid: string) =>
  callApi<QueuedMessage>('POST /workspaces/:id/a2a/queue/:qid/retry', { params: { id, qid }, body: {} });
export const dropMessage = (id: string, qid: string, reason: string) =>
  callApi<QueuedMessage>('POST /workspaces/:id/a2a/queue/:qid/drop', { params: { id, qid }, body: { reason } });

export const previewBulk = (body: (typeof bulkPreviewSchema)['_input']) => callApi<BulkPreview>('POST /bulk-restarts/preview', { body });
export const startBulk = (body: (typeof bulkRestartSchema)['_input']) => callApi<BulkRestartDetail>('POST /bulk-restarts', { body });
export const fetchBulks = (signal?: AbortSignal) => callApi<BulkRestart[]>('GET /bulk-restarts', within(signal));
export const fetchBulk = (bulk: string, signal?: AbortSignal) =>
  callApi<BulkRestartDetail>('GET /bulk-restarts/:bulk', { params: { bulk }, ...within(signal) });
export const pauseBulk = (bulk: string) => callApi<BulkRestartDetail>('POST /bulk-restarts/:bulk/pause', { params: { bulk }, body: {} });
export const resumeBulk = (bulk: string) => callApi<BulkRestartDetail>('POST /bulk-restarts/:bulk/resume', { params: { bulk }, body: {} });
export const abortBulk = (bulk: string) => callApi<BulkRestartDetail>('POST /bulk-restarts/:bulk/abort', { params: { bulk }, body: {} });

/** Takes a run into what the page keeps; one that is newer already stays. */
export function keepRun(client: QueryClient, run: RestartRunDetail): void {
  client.setQueryData<RestartRunDetail>(runKeys.run(run.id), (kept) => (kept !== undefined && kept.rev > run.rev ? kept : run));
}
