import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { CanvasError } from '#lib/contract/errors.ts';
import { workspaceIdSchema } from '#lib/contract/workspaces.ts';
import type { McpHands } from './hands.ts';

/** What a program of the same workspace may change in the runtime; absent: unchanged. */
const stateSchema = z.object({
  current_task: z.string().max(2000).optional(),
  wedge: z.string().max(2000).nullable().optional(),
  /** A delegation that it gave; null: one that had been given before. */
  delegated: workspaceIdSchema.nullable().optional(),
});
export type StateChange = z.infer<typeof stateSchema>;
export const stateAnswerSchema = z.object({ wedge: z.string().nullable().optional(), traceparent: z.string().nullable() });

/**
 * POST /mcp/state: `canvas-workspace mcp` beside a runtime tells it what its agent does, and learns which work is at
 * hand. Whoever asks has proved that it may.
 */
export async function answerState(
  request: Pick<IncomingMessage, 'method'>,
  { hands, readJson }: { hands: McpHands; readJson: () => Promise<unknown> },
): Promise<z.infer<typeof stateAnswerSchema>> {
  if (request.method !== 'POST') throw new CanvasError('method_not_allowed', `${request.method} is not answered at /mcp/state: use POST`);
  const read = stateSchema.safeParse(await readJson());
  if (!read.success) throw new CanvasError('bad_request', `The state is not understood: ${read.error.issues[0]?.message}`);
  const { current_task, wedge, delegated } = read.data;
  if (current_task !== undefined) await hands.setTask(current_task);
  if (delegated !== undefined) await hands.delegated(delegated);
  const now = wedge === undefined ? undefined : await hands.setWedge(wedge);
  return { ...(now !== undefined && { wedge: now }), traceparent: (await hands.traceparent()) ?? null };
}
