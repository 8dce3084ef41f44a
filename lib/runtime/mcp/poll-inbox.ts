import { randomUUID } from 'node:crypto';
import type { ActivityRow } from '#lib/contract/activity.ts';
import { placeOf, type TracePlace } from '#lib/contract/traces.ts';
import { type A2aRequest, textOfRequest } from '#lib/domain/a2a-message.ts';
import type { PlatformClient } from '#lib/runtime/platform-client.ts';
import { refusalOf } from '#lib/runtime/platform-client.ts';
import type { McpInbox, OpenMessage } from './hands.ts';

const LOOKED_AT = 200;
/** A message that was refused so has ended: nobody waits for its answer. */
const ENDED_STATUSES: readonly unknown[] = [404, 409, 410];

interface Fetched extends OpenMessage {
  version: A2aRequest['version'];
  trace: TracePlace | null;
}

/**
 * Messages of a workspace that nobody can reach: asking for its activity hands them out, and each stays `delivering`
 * there until it is answered. Nothing is kept here that the platform does not know: after a restart the same messages
 * come again. It is asked for those that are not answered, oldest first; a platform that does not know that question
 * shows its newest rows, so what was seen before and is older than those is kept.
 */
export class PollInbox implements McpInbox {
  readonly #workspaceId: string;
  readonly #client: () => PlatformClient;
  #seen = new Map<string, Fetched>();

  constructor(workspaceId: string, client: () => PlatformClient) {
    this.#workspaceId = workspaceId;
    this.#client = client;
  }

  get traces(): TracePlace[] {
    return [...this.#seen.values()].flatMap(({ trace }) => trace ?? []);
  }

  async open(): Promise<OpenMessage[]> {
    const query = `type=a2a_receive&status=delivering&limit=${LOOKED_AT}`;
    const path = `/workspaces/${encodeURIComponent(this.#workspaceId)}/activity?${query}`;
    const answer = await this.#client().call('GET', path, { headers: { 'x-workspace-id': this.#workspaceId } });
    const refusal = refusalOf(answer, 'to hand out messages');
    if (refusal !== null) throw refusal;
    const rows = Array.isArray(answer.body) ? (answer.body as ActivityRow[]) : [];
    const listed = rows.flatMap((row) => (row.status === 'delivering' ? (this.#messageOf(row) ?? []) : []));
    const open = [...this.#beyond(rows), ...listed].sort((a, b) => a.received_at - b.received_at);
    this.#seen = new Map(open.map((message) => [message.message_id, message]));
    return open;
  }

  async answer(messageId: string, answer: { text: string } | { error: string }): Promise<void> {
    const version = this.#seen.get(messageId)?.version ?? '0.3';
    const body = 'error' in answer ? { error: { code: -32000, message: answer.error } } : { result: resultOf(answer.text, version) };
    const path = `/workspaces/${encodeURIComponent(this.#workspaceId)}/a2a/queue/${encodeURIComponent(messageId)}/answer`;
    const said = await this.#client().call('POST', path, { body, headers: { 'x-workspace-id': this.#workspaceId } });
    const refusal = refusalOf(said, `the answer to message ${messageId}`);
    if (refusal === null || ENDED_STATUSES.includes(said.status)) this.#seen.delete(messageId);
    if (refusal !== null) throw refusal;
  }

  /** What was seen before, and is too old for rows that are merely the newest. */
  #beyond(rows: readonly ActivityRow[]): Fetched[] {
    const oldest = Math.min(...rows.map(({ created_at }) => created_at));
    const areThoseAsked =
      rows.every(({ status }) => status === 'delivering') && (rows[0]?.created_at ?? 0) <= (rows.at(-1)?.created_at ?? 0);
    return areThoseAsked ? [] : [...this.#seen.values()].filter(({ received_at }) => received_at < oldest);
  }

  #messageOf({ request_body, source_id, created_at }: ActivityRow): Fetched | null {
    const { queue_id, method, params } = (request_body ?? {}) as { queue_id?: unknown; method?: unknown; params?: unknown };
    if (typeof queue_id !== 'string' || typeof params !== 'object' || params === null) return null;
    const version = typeof method === 'string' && !method.includes('/') ? '1.0' : '0.3';
    const envelope = { jsonrpc: '2.0', id: null, method: String(method), params: params as Record<string, unknown> } as const;
    const { metadata } = (envelope.params['message'] ?? {}) as { metadata?: { traceparent?: unknown } };
    return {
      message_id: queue_id,
      from: this.#nameOf(source_id),
      text: textOfRequest({ version, envelope }),
      received_at: created_at,
      version,
      trace: placeOf(metadata?.traceparent),
    };
  }

  #nameOf(sourceId: string | null): string {
    if (sourceId === null) return 'the user of Canvas';
    return sourceId === this.#workspaceId ? 'this workspace itself' : `workspace ${sourceId}`;
  }
}

function resultOf(text: string, version: A2aRequest['version']): Record<string, unknown> {
  const messageId = randomUUID();
  if (version === '1.0') return { message: { messageId, role: 'ROLE_AGENT', parts: [{ text }] } };
  return { kind: 'message', messageId, role: 'agent', parts: [{ kind: 'text', text }] };
}
