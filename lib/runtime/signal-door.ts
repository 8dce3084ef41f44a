import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import { CanvasError } from '#lib/contract/errors.ts';
import { proveSecret } from './access.ts';
import type { Drain } from './drain.ts';

export interface SignalDoor {
  workspaceId: string;
  inboundSecret: () => string | null;
  drain: Drain;
  /** A snapshot of this moment, which is written nowhere. */
  preview: () => Promise<unknown>;
}

export interface SignalRequest {
  method: string | undefined;
  path: string;
  headers: IncomingHttpHeaders;
  /** Called only when the caller has proved who it is. */
  readJson: () => Promise<unknown>;
}

const MAX_DRAIN_SECONDS = 7 * 86_400;
const workspaceSchema = z.string().min(1).max(64);
const runSchema = z.string().min(1).max(64);
const envelope = <M extends string, P extends z.ZodType>(method: M, params: P) =>
  z.object({ jsonrpc: z.literal('2.0'), id: z.union([z.string(), z.number(), z.null()]), method: z.literal(method), params });
const pendingSchema = envelope(
  'signals/restart_pending',
  z.object({
    workspace_id: workspaceSchema,
    /** Until what is at work is cancelled; null: never. */
    drain_seconds: z.number().min(0).max(MAX_DRAIN_SECONDS).nullable(),
    run_id: runSchema,
  }),
);
const cancelledSchema = envelope('signals/restart_cancelled', z.object({ workspace_id: workspaceSchema, run_id: runSchema }));

/**
 * What only the platform may tell this runtime, and ask of it: POST /signals/restart_pending, POST
 * /signals/restart_cancelled, GET /signals/snapshot. Resolves with the body of the answer. Rejects with a `CanvasError`:
 * no or a wrong secret, no `X-Restart-Signal: true` with a POST, a body of another shape, another workspace's id.
 */
export async function answerSignal(request: SignalRequest, door: SignalDoor): Promise<unknown> {
  const { path, method } = request;
  const wanted = { '/signals/restart_pending': 'POST', '/signals/restart_cancelled': 'POST', '/signals/snapshot': 'GET' }[path];
  if (wanted === undefined)
    throw new CanvasError('not_found', `There is no signal ${path}: known are restart_pending, restart_cancelled and snapshot`);
  if (method !== wanted) throw new CanvasError('method_not_allowed', `${method} is not answered at ${path}: use ${wanted}`);
  proveSecret(request, door.inboundSecret());
  if (path === '/signals/snapshot') return await door.preview();
  if (request.headers['x-restart-signal'] !== 'true')
    throw new CanvasError('bad_request', 'The header "X-Restart-Signal: true" is missing: it tells a signal from a message');
  const body = await request.readJson();
  if (path === '/signals/restart_pending') {
    const { id, params } = checked(pendingSchema, body, door);
    return { jsonrpc: '2.0', id, result: { acknowledged: true, in_flight: door.drain.signal(params.run_id, params.drain_seconds) } };
  }
  const { id, params } = checked(cancelledSchema, body, door);
  return { jsonrpc: '2.0', id, result: { reopened: door.drain.cancel(params.run_id) } };
}

function checked<T extends { params: { workspace_id: string } }>(schema: z.ZodType<T>, body: unknown, { workspaceId }: SignalDoor): T {
  const read = schema.safeParse(body);
  if (!read.success) {
    const issue = read.error.issues[0];
    throw new CanvasError('bad_request', `The signal is not understood: ${issue?.path.join('.') || 'the body'}: ${issue?.message}`);
  }
  if (read.data.params.workspace_id === workspaceId) return read.data;
  throw new CanvasError(
    'conflict',
    `The signal is for workspace ${read.data.params.workspace_id}, and this is ${workspaceId}: look its address up again`,
  );
}
