import { join } from 'node:path';
import { z } from 'zod';
import { CanvasError } from '#lib/contract/errors.ts';
import type { Credentials } from '#lib/runtime/credentials.ts';
import { httpCall } from '#lib/runtime/http-call.ts';
import type { PlatformClient } from '#lib/runtime/platform-client.ts';
import { readTextFile } from '#lib/runtime/private-file.ts';
import type { McpHands, McpInbox } from './hands.ts';
import { type StateChange, stateAnswerSchema } from './state-door.ts';

const CALL_MS = 5000;
/** What is behind a public address may be anybody: a program of this machine uses the local one, where the runtime names it. */
const factsSchema = z.object({ url: z.url(), local_url: z.url().optional() });

/**
 * The hands of a workspace whose runtime is another process: the same credentials, from its folder; what only that
 * runtime can say it is told at its own door.
 */
export function borrowedHands(parts: {
  workspaceId: string;
  folder: string;
  client: PlatformClient;
  credentials: Credentials;
  inbox: McpInbox | null;
}): McpHands {
  const { workspaceId, folder, client, credentials, inbox } = parts;
  const tell = (change: StateChange) => tellRuntime(folder, credentials, change);
  return {
    workspaceId,
    client,
    inbox,
    async connected() {
      if (credentials.token !== null || (await credentials.rereadToken()) !== null) return;
      throw new CanvasError('unavailable', `The runtime of workspace ${workspaceId} has no token yet: it is not connected to Canvas`);
    },
    setTask: async (text) => void (await tell({ current_task: text })),
    setWedge: async (reason) => (await tell({ wedge: reason })).wedge ?? null,
    async delegated(id) {
      // Without it the runtime finds it with a later beat: no reason to fail.
      await tell({ delegated: id }).catch(() => {});
    },
    async traceparent() {
      // Without it the request begins a trace of its own: no reason to fail.
      return await tell({}).then(
        ({ traceparent }) => traceparent ?? undefined,
        () => undefined,
      );
    },
  };
}

async function tellRuntime(folder: string, credentials: Credentials, change: StateChange) {
  const facts = factsSchema.safeParse(JSON.parse((await readTextFile(join(folder, 'runtime.json'))) ?? 'null'));
  if (!facts.success) throw new CanvasError('unavailable', `The runtime of this workspace has not said in ${folder} where it listens`);
  await credentials.load();
  const answer = await httpCall({
    url: new URL('/mcp/state', facts.data.local_url ?? facts.data.url),
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${credentials.inboundSecret ?? ''}` },
    body: JSON.stringify(change),
    timeoutMs: CALL_MS,
  });
  const said = stateAnswerSchema.safeParse(answer.status === 200 ? JSON.parse(answer.text) : null);
  if (!said.success)
    throw new CanvasError(
      'unavailable',
      `The runtime of this workspace did not take it (${answer.status}): is it older than this program?`,
    );
  return said.data;
}
