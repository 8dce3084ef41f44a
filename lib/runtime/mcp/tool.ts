import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import type { RequestHandlerExtra } from '@modelcontextprotocol/sdk/shared/protocol.js';
import type { CallToolResult, ServerNotification, ServerRequest, ToolAnnotations } from '@modelcontextprotocol/sdk/types.js';
import type { z } from 'zod';
import { CanvasError, type ErrorCode, errorCodeOf } from '#lib/contract/errors.ts';
import { placeOf } from '#lib/contract/traces.ts';
import { scrub } from '#lib/domain/scrub.ts';
import { type Log, sentenceOf } from '#lib/runtime/log.ts';
import type { PlatformAnswer } from '#lib/runtime/platform-client.ts';
import { refusalOf } from '#lib/runtime/platform-client.ts';
import type { McpHands } from './hands.ts';

/** What a tool gets beside its arguments. */
export interface ToolCall {
  hands: McpHands;
  /** Aborted when the client no longer waits. */
  signal: AbortSignal;
  /** The work that this call belongs to, in W3C form; undefined: none is known. */
  traceparent(): Promise<string | undefined>;
  /** Tells a client that asked for it how it goes. */
  progress(message: string): void;
}

/** What a tool says: for a model that reads text, and the same facts for one that reads structures. */
export interface ToolAnswer<T> {
  text: string;
  facts: T;
  /** The call did not get what it was for; what others said of that is in `text`, marked as theirs. */
  failed?: boolean;
}

export interface Tool<I extends z.ZodObject = z.ZodObject, O extends z.ZodObject = z.ZodObject> {
  name: string;
  title: string;
  /** For a model: when to use it, what comes back, what its limits are. */
  description: string;
  input: I;
  output: O;
  annotations: ToolAnnotations;
  run(input: z.output<I>, call: ToolCall): Promise<ToolAnswer<z.input<O>>>;
}

/** Checks a tool's `run` against its own schemas, then forgets their types: a list holds them all. */
export const tool = <I extends z.ZodObject, O extends z.ZodObject>(definition: Tool<I, O>): Tool => definition as unknown as Tool;

/** What a model does next, by the kind of refusal. */
const NEXT: Record<ErrorCode, string> = {
  bad_request: 'Correct the arguments and call again.',
  unauthenticated: 'This workspace has no token: ask the user for a fresh join code from Canvas.',
  token_rejected: 'Canvas does not accept the token of this workspace: ask the user for a fresh join code.',
  forbidden: 'This workspace may not do that: call list_peers to see whom it may ask.',
  wrong_host: 'Ask the user to check the address of Canvas.',
  wrong_origin: 'Ask the user to check the address of Canvas.',
  not_found: 'Check the id: list_peers names the workspaces, check_task_status the tasks.',
  method_not_allowed: 'This Canvas cannot do that: it may be older than this program. Go on without it.',
  conflict: 'Look at the state first, then decide again.',
  gone: 'It no longer exists: go on without it.',
  too_large: 'Send less, or split it up.',
  unsupported_media_type: 'Correct the arguments and call again.',
  rate_limited: 'Wait a minute, then call again.',
  unavailable: 'Wait a moment, then call again.',
  overloaded: 'Wait a minute, then call again.',
  draining: 'It is being restarted: call again in a minute.',
  interrupted: 'It was interrupted by a restart: call again in a minute.',
  upstream_unreachable: 'Canvas does not answer now: call again in a minute, and tell the user when it stays so.',
  upstream_failed: 'The other side failed: ask it in another way, ask somebody else, or go on without it.',
  timeout: 'It took too long: call again, or go on without it.',
  internal: 'That is a fault of this program: tell the user, and go on without it.',
};

/** A refusal that a model can act on; never a stack. Its sentence is ours or the platform's: what another agent said is no part of it. */
export function errorResult(thrown: unknown): CallToolResult {
  const code = errorCodeOf(thrown);
  const said = code === 'internal' ? 'The tool failed for a reason of its own; its log says why' : sentenceOf(thrown);
  const text = `${String(scrub(said).value).replace(/[.\s]+$/, '')}. ${NEXT[code]} (${code})`;
  return { isError: true, content: [{ type: 'text', text }] };
}

export function addTools(server: McpServer, tools: readonly Tool[], { hands, log }: { hands: McpHands; log: Log }): void {
  for (const { name, title, description, input, output, annotations, run } of tools) {
    const config = { title, description, inputSchema: input, outputSchema: output, annotations: { title, ...annotations } };
    server.registerTool(name, config, async (args: Record<string, unknown>, extra): Promise<CallToolResult> => {
      try {
        await hands.connected();
        const { text, facts, failed = false } = await run(args, callOf(hands, extra));
        return { content: [{ type: 'text', text }], structuredContent: facts, ...(failed && { isError: true }) };
      } catch (thrown) {
        if (errorCodeOf(thrown) === 'internal') log('error', `The tool ${name} failed: ${sentenceOf(thrown)}`);
        return errorResult(thrown);
      }
    });
  }
}

function callOf(hands: McpHands, extra: RequestHandlerExtra<ServerRequest, ServerNotification>): ToolCall {
  const { progressToken, traceparent } = (extra._meta ?? {}) as { progressToken?: string | number; traceparent?: unknown };
  const given = placeOf(traceparent) === null ? undefined : String(traceparent).trim().toLowerCase();
  let told = 0;
  return {
    hands,
    signal: extra.signal,
    traceparent: async () => given ?? (await hands.traceparent()),
    progress(message) {
      if (progressToken === undefined || extra.signal.aborted) return;
      told += 1;
      const params = { progressToken, progress: told, message };
      // Nobody is there to hear it when the session ended meanwhile.
      extra.sendNotification({ method: 'notifications/progress', params }).catch(() => {});
    },
  };
}

/** The platform's answer to this workspace; rejects with its refusal. `what` as in "The platform refused `what`". */
export async function answerOf<T>(hands: McpHands, call: Promise<PlatformAnswer>, what: string): Promise<T> {
  const answer = await call;
  const refusal = refusalOf(answer, what);
  if (refusal !== null) throw refusal;
  if (typeof answer.body !== 'object' || answer.body === null)
    throw new CanvasError('upstream_failed', `${hands.client.origin} answered ${what} with something that is not of Canvas`);
  return answer.body as T;
}

/** Reads as this workspace. */
export async function read<T>(hands: McpHands, path: string, what: string, signal?: AbortSignal): Promise<T> {
  const headers = { 'x-workspace-id': hands.workspaceId };
  return await answerOf<T>(hands, hands.client.call('GET', path, { headers, ...(signal && { signal }) }), what);
}

/** Posts to an address of this workspace's own, such as `notify`. */
export async function post<T>(hands: McpHands, tail: string, body: unknown, what: string): Promise<T> {
  const path = `/workspaces/${encodeURIComponent(hands.workspaceId)}/${tail}`;
  return await answerOf<T>(hands, hands.client.call('POST', path, { body, headers: { 'x-workspace-id': hands.workspaceId } }), what);
}
