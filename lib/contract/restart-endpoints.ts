import { createApiTokenSchema } from './api-tokens.ts';
import { bulkPreviewSchema, bulkRestartSchema } from './bulk-restarts.ts';
import { endpoint } from './endpoint.ts';
import { dropMessageSchema, queueQuerySchema } from './messages.ts';
import { pauseSchema, restartSchema, restartsQuerySchema, resumeSchema } from './restarts.ts';
import { snapshotDiffQuerySchema, snapshotUploadSchema } from './snapshots.ts';

export const RESTART_ENDPOINTS = {
  restartWorkspace: endpoint({
    method: 'POST',
    path: '/workspaces/:id/restart',
    caller: 'operator',
    status: 202,
    body: restartSchema,
    summary: 'Drain, save, stop, start and restore; joins a run that is under way',
  }),
  restartPreview: endpoint({
    method: 'GET',
    path: '/workspaces/:id/restart-preview',
    caller: 'operator',
    status: 200,
    summary: 'What runs now, and what a restart would do',
  }),
  pauseWorkspace: endpoint({
    method: 'POST',
    path: '/workspaces/:id/pause',
    caller: 'operator',
    status: 202,
    body: pauseSchema,
    summary: 'Drain, save and stop it and all below it, children first',
  }),
  resumeWorkspace: endpoint({
    method: 'POST',
    path: '/workspaces/:id/resume',
    caller: 'operator',
    status: 202,
    body: resumeSchema,
    summary: 'Start it and all below it, parents first, and restore',
  }),
  workspaceRestarts: endpoint({
    method: 'GET',
    path: '/workspaces/:id/restarts',
    caller: 'operator',
    status: 200,
    query: restartsQuerySchema,
    summary: 'Its restart runs, newest first',
  }),
  listRestarts: endpoint({
    method: 'GET',
    path: '/restarts',
    caller: 'operator',
    status: 200,
    query: restartsQuerySchema,
    summary: 'All restart runs, newest first',
  }),
  getRestart: endpoint({ method: 'GET', path: '/restarts/:run', caller: 'operator', status: 200, summary: 'One run with its steps' }),
  cancelRestart: endpoint({
    method: 'POST',
    path: '/restarts/:run/cancel',
    caller: 'operator',
    status: 202,
    summary: 'End a run that has not stopped the process yet; the workspace takes messages again',
  }),
  forceRestart: endpoint({
    method: 'POST',
    path: '/restarts/:run/force',
    caller: 'operator',
    status: 202,
    summary: 'Wait no longer for work in flight: it is cancelled, and its messages come again',
  }),
  startAgain: endpoint({
    method: 'POST',
    path: '/restarts/:run/start-again',
    caller: 'operator',
    status: 202,
    summary: 'After a start that failed: a new run that begins at the start',
  }),
} as const;

export const BULK_ENDPOINTS = {
  bulkPreview: endpoint({
    method: 'POST',
    path: '/bulk-restarts/preview',
    caller: 'operator',
    status: 200,
    body: bulkPreviewSchema,
    summary: 'Who would be restarted, who skipped and why',
  }),
  startBulk: endpoint({
    method: 'POST',
    path: '/bulk-restarts',
    caller: 'operator',
    status: 202,
    body: bulkRestartSchema,
    summary: 'Restart many, so many at a time',
  }),
  listBulk: endpoint({ method: 'GET', path: '/bulk-restarts', caller: 'operator', status: 200, summary: 'The newest 50 bulk restarts' }),
  getBulk: endpoint({
    method: 'GET',
    path: '/bulk-restarts/:bulk',
    caller: 'operator',
    status: 200,
    summary: 'One bulk restart with the outcome of every item',
  }),
  pauseBulk: endpoint({
    method: 'POST',
    path: '/bulk-restarts/:bulk/pause',
    caller: 'operator',
    status: 200,
    summary: 'Begin no further ones; what is under way goes on',
  }),
  resumeBulk: endpoint({ method: 'POST', path: '/bulk-restarts/:bulk/resume', caller: 'operator', status: 200, summary: 'Go on' }),
  abortBulk: endpoint({
    method: 'POST',
    path: '/bulk-restarts/:bulk/abort',
    caller: 'operator',
    status: 200,
    summary: 'Begin no further ones, for good',
  }),
} as const;

export const QUEUE_ENDPOINTS = {
  sendMessage: endpoint({
    method: 'POST',
    path: '/workspaces/:id/a2a',
    caller: 'either',
    status: 200,
    summary: 'An A2A message: its answer, or 202 when it is queued (Prefer: wait=N waits for it)',
  }),
  listQueue: endpoint({
    method: 'GET',
    path: '/workspaces/:id/a2a/queue',
    caller: 'operator',
    status: 200,
    query: queueQuerySchema,
    summary: 'Messages to it that wait, failed or ended',
  }),
  getQueued: endpoint({
    method: 'GET',
    path: '/workspaces/:id/a2a/queue/:qid',
    caller: 'either',
    status: 200,
    summary: 'One message: where it is, and the answer once there is one',
  }),
  retryQueued: endpoint({
    method: 'POST',
    path: '/workspaces/:id/a2a/queue/:qid/retry',
    caller: 'operator',
    status: 200,
    summary: 'Deliver a failed or expired message again, with the same id',
  }),
  dropQueued: endpoint({
    method: 'POST',
    path: '/workspaces/:id/a2a/queue/:qid/drop',
    caller: 'operator',
    status: 200,
    body: dropMessageSchema,
    summary: 'Never deliver it, with a reason',
  }),
} as const;

export const SNAPSHOT_ENDPOINTS = {
  uploadSnapshot: endpoint({
    method: 'POST',
    path: '/workspaces/:id/snapshots',
    caller: 'workspace',
    status: 201,
    body: snapshotUploadSchema,
    summary: 'What a workspace saved of itself; scrubbed again, the last 20 are kept',
  }),
  listSnapshots: endpoint({
    method: 'GET',
    path: '/workspaces/:id/snapshots',
    caller: 'operator',
    status: 200,
    summary: 'Its kept snapshots, newest first',
  }),
  liveSnapshot: endpoint({
    method: 'GET',
    path: '/workspaces/:id/snapshots/live',
    caller: 'operator',
    status: 200,
    summary: 'What would be kept if it were saved now; nothing is written',
  }),
  getSnapshot: endpoint({ method: 'GET', path: '/snapshots/:snapshot', caller: 'operator', status: 200, summary: 'One kept snapshot' }),
  diffSnapshot: endpoint({
    method: 'GET',
    path: '/snapshots/:snapshot/diff',
    caller: 'operator',
    status: 200,
    query: snapshotDiffQuerySchema,
    summary: 'What changed since another one, since the one before (previous), or until now (live)',
  }),
} as const;

export const API_TOKEN_ENDPOINTS = {
  listApiTokens: endpoint({ method: 'GET', path: '/api-tokens', caller: 'operator', status: 200, summary: "One's own API tokens" }),
  createApiToken: endpoint({
    method: 'POST',
    path: '/api-tokens',
    caller: 'operator',
    status: 201,
    body: createApiTokenSchema,
    summary: 'A token for the command line, shown this once',
  }),
  revokeApiToken: endpoint({ method: 'DELETE', path: '/api-tokens/:token_id', caller: 'operator', status: 200, summary: 'End it at once' }),
} as const;
