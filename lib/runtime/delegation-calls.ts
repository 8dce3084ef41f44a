import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { type DelegateAnswer, type DelegationDetail, ENDED_DELEGATION_STATES } from '#lib/contract/delegations.ts';
import { CanvasError } from '#lib/contract/errors.ts';
import { placeOf, traceparentOf } from '#lib/contract/traces.ts';
import { workspaceIdSchema } from '#lib/contract/workspaces.ts';
import { heardAnswer, pauseAfter } from './heard-answer.ts';
import { type PlatformAnswer, type PlatformCall, type PlatformClient, refusalOf } from './platform-client.ts';

export interface NewDelegation {
  from: string;
  target: string;
  task: string;
  /** The same in every attempt: by it the platform knows that it is one delegation. */
  key: string;
  expiresInSeconds?: number | undefined;
  traceparent?: string | undefined;
  signal: AbortSignal;
}

/** Gives a delegation; asked again under the same key while the platform does not answer. Rejects with its refusal, or with the reason of `signal`. */
export async function giveDelegation(client: PlatformClient, given: NewDelegation): Promise<DelegateAnswer> {
  const { from, target, task, key, expiresInSeconds, traceparent, signal } = given;
  const body = {
    target_id: target,
    task,
    idempotency_key: key,
    ...(expiresInSeconds !== undefined && { expires_in_seconds: expiresInSeconds }),
    ...(traceparent !== undefined && { traceparent }),
  };
  const path = `/workspaces/${encodeURIComponent(from)}/delegate`;
  for (let lost = 1; ; lost += 1) {
    const answer = await heardAnswer(signal, () => client.call('POST', path, { body, headers: { 'x-workspace-id': from }, signal }));
    signal.throwIfAborted();
    if (!('is' in answer)) return accepted<DelegateAnswer>(answer, `a delegation to workspace ${target}`);
    await wait(pauseAfter(answer, lost), undefined, { signal }).catch(() => {});
    if (signal.aborted) throw withLastWords(signal.reason, answer.why);
  }
}

function withLastWords(reason: unknown, why: string): unknown {
  return reason instanceof CanvasError ? new CanvasError(reason.code, `${reason.message}. The last that was heard: ${why}`) : reason;
}

function accepted<T>(answer: PlatformAnswer, what: string): T {
  const refusal = refusalOf(answer, what);
  if (refusal) throw refusal;
  return answer.body as T;
}

/** What is read of a delegation; whatever else a platform tells is left alone. Times in epoch milliseconds. */
const foundSchema = z.object({
  delegation_id: workspaceIdSchema,
  source_id: z.string().max(256),
  target_id: z.string().max(256),
  summary: z.string().default(''),
  status: z.string(),
  response_preview: z.string().default(''),
  error: z
    .string()
    .nullish()
    .transform((error) => error ?? ''),
  created_at: z.number(),
  updated_at: z.number().nullish(),
  ended_at: z.number().nullish(),
  trace_id: z.string().nullish(),
  span_id: z.string().nullish(),
});
export type FoundDelegation = z.output<typeof foundSchema>;
export interface FoundDetail extends FoundDelegation {
  response: string;
  response_cut: boolean;
  target_name: string;
}
const detailSchema = foundSchema.extend({
  response: z.string().default(''),
  response_cut: z.boolean().default(false),
  target_name: z.string().default(''),
} satisfies Partial<Record<keyof DelegationDetail, z.ZodType>>);

export const hasEnded = ({ status }: FoundDelegation) => (ENDED_DELEGATION_STATES as readonly string[]).includes(status);

/** Where a delegation stands in its trace, in W3C form; undefined: its platform does not say. */
export function traceparentOfDelegation({ trace_id, span_id }: Pick<FoundDelegation, 'trace_id' | 'span_id'>): string | undefined {
  if (!trace_id || !span_id) return undefined;
  const place = placeOf(traceparentOf({ trace_id, span_id }));
  return place === null ? undefined : traceparentOf(place);
}

/** What a workspace asks about its delegations, in its own name. */
export class DelegationCalls {
  readonly #client: PlatformClient;
  readonly #id: string;
  readonly #signal: AbortSignal;

  constructor(client: PlatformClient, workspaceId: string, signal: AbortSignal) {
    this.#client = client;
    this.#id = workspaceId;
    this.#signal = signal;
  }

  /** One page of the list, newest first; null: the platform keeps no account of delegations. Rows that are none are left out. */
  async page(cursor: string | null): Promise<{ rows: FoundDelegation[]; next: string | null } | null> {
    const query = cursor === null ? '' : `?cursor=${encodeURIComponent(cursor)}`;
    const answer = await this.#call('GET', `/workspaces/${this.#own}/delegations${query}`);
    if (isAbsent(answer)) return null;
    const rows = accepted<unknown>(answer, 'to list the delegations');
    return { rows: Array.isArray(rows) ? rows.flatMap((row) => foundSchema.safeParse(row).data ?? []) : [], next: answer.nextCursor };
  }

  /** Null: the platform has no such delegation, or cannot show a single one. */
  async detail(delegationId: string): Promise<FoundDetail | null> {
    const answer = await this.#call('GET', `/delegations/${encodeURIComponent(delegationId)}`);
    if (isAbsent(answer)) return null;
    const detail = detailSchema.safeParse(accepted<unknown>(answer, `to show delegation ${delegationId}`));
    if (!detail.success)
      throw new CanvasError('upstream_failed', `What the platform answered about delegation ${delegationId} is no delegation`);
    return detail.data;
  }

  /** Rows of the workspace's own log that tell of something received, as the reference runtime asks for them. */
  async received(): Promise<{ id: string; source_id: string | null }[]> {
    const answer = await this.#call('GET', `/workspaces/${this.#own}/activity?type=a2a_receive`);
    if (isAbsent(answer)) return [];
    const rows = accepted<unknown>(answer, 'to list what was received');
    return Array.isArray(rows) ? rows.flatMap((row) => receivedSchema.safeParse(row).data ?? []) : [];
  }

  /** The name of the parent; null: there is none, or the platform does not say. */
  async parentName(): Promise<string | null> {
    const own = await this.#call('GET', `/workspaces/${this.#own}`);
    if (isAbsent(own)) return null;
    const { parent_id } = (accepted<{ parent_id?: unknown } | null>(own, 'to show this workspace') ?? {}) as { parent_id?: unknown };
    if (typeof parent_id !== 'string') return null;
    const parent = await this.#call('GET', `/workspaces/${encodeURIComponent(parent_id)}`);
    if (isAbsent(parent) || parent.status === 403) return null;
    const name = accepted<{ name?: unknown } | null>(parent, 'to show the parent')?.name;
    return typeof name === 'string' ? name : null;
  }

  /** Any status is an answer here: what is to be done about it depends on what was sent. */
  send(path: `/${string}`, body: unknown): Promise<PlatformAnswer> {
    return this.#call('POST', `/workspaces${path}`, { body });
  }

  #call(method: 'GET' | 'POST', path: string, call: PlatformCall = {}): Promise<PlatformAnswer> {
    const headers = { 'x-workspace-id': this.#id, ...(method === 'POST' && { prefer: 'wait=0' }) };
    return this.#client.call(method, path, { ...call, headers, signal: this.#signal });
  }

  get #own(): string {
    return encodeURIComponent(this.#id);
  }
}

const receivedSchema = z.object({ id: z.string().max(256), source_id: z.string().nullable() });

/** Gone (410) is not meant: that is a workspace that was removed, and the heartbeat says so. */
export const isAbsent = ({ status }: PlatformAnswer) => status === 404 || status === 405 || status === 501;
