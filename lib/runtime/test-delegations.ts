import { randomUUID } from 'node:crypto';
import type { Reply, SeenRequest } from './test-platform.ts';

export interface TestRow {
  delegation_id: string;
  source_id: string;
  target_id: string;
  summary: string;
  status: string;
  response_preview: string;
  error: string;
  created_at: number;
  updated_at: number;
  trace_id: string;
  span_id: string;
  [more: string]: unknown;
}

const PREVIEW = 4096;

/** What a platform keeps of delegations, and of the messages and notifications about them, for one workspace. */
export class TestDelegations {
  readonly rows: (TestRow & { response: string })[] = [];
  /** Messages to itself, each once under its id. */
  readonly messages = new Map<string, { text: string; traceparent: string | undefined; at: number }>();
  readonly notes: { message: string; type?: string; delegation_id?: string }[] = [];
  readonly activity: object[] = [];
  readonly names = new Map<string, { name: string; parent_id: string | null }>();
  readonly #keys = new Map<string, string>();
  readonly #own: string;
  readonly #pageSize: number;

  constructor(own = 'ws-1', pageSize = 100) {
    this.#own = own;
    this.#pageSize = pageSize;
    this.names.set(own, { name: 'Own', parent_id: 'boss' });
    this.names.set('boss', { name: 'The Boss', parent_id: null });
  }

  give(row: Partial<TestRow & { response: string }> = {}): string {
    const delegation_id = row.delegation_id ?? randomUUID();
    const now = Date.now();
    const response = row.response ?? '';
    this.rows.push({
      delegation_id,
      source_id: this.#own,
      target_id: 'peer',
      summary: 'count the files',
      status: 'pending',
      response,
      response_preview: response.slice(0, PREVIEW),
      error: '',
      created_at: now,
      updated_at: now,
      trace_id: '0af7651916cd43dd8448eb211c80319c',
      span_id: 'b7ad6b7169203331',
      ...row,
    });
    return delegation_id;
  }

  end(delegation_id: string, how: Partial<TestRow & { response: string }>): void {
    const row = this.rows.find((one) => one.delegation_id === delegation_id);
    if (row === undefined) throw new Error(`no delegation ${delegation_id}`);
    Object.assign(row, how, { updated_at: Date.now(), response_preview: (how.response ?? '').slice(0, PREVIEW) });
  }

  /** The ids that a message told of, over all messages. */
  get told(): string[] {
    return [...this.messages.values()].flatMap(({ text }) => [...text.matchAll(/^- (\S+) /gm)].map(([, id = '']) => id));
  }

  readonly answer = ({ method, path, body, headers }: SeenRequest): Reply | undefined => {
    const [route = '', query = ''] = path.split('?');
    const own = `/workspaces/${this.#own}`;
    if (method === 'GET') {
      if (route === `${own}/delegations`) return this.#page(new URLSearchParams(query).get('cursor'));
      if (route === `${own}/activity`) return { status: 200, body: this.activity };
      const name = this.names.get(/^\/workspaces\/([^/]+)$/.exec(route)?.[1] ?? '');
      if (name) return { status: 200, body: name };
      const row = this.rows.find(({ delegation_id }) => route === `/delegations/${delegation_id}`);
      return row && { status: 200, body: { ...row, response_cut: false, target_name: 'Peer' } };
    }
    if (route === `${own}/delegate`) return this.#delegate(body as { target_id: string; task: string; idempotency_key: string });
    if (route === '/workspaces/self/a2a' && headers['x-workspace-id'] === this.#own) return this.#message(body as SelfMessage);
    if (route === `${own}/notify`) return this.#notify(body as TestDelegations['notes'][number]);
    return undefined;
  };

  #page(cursor: string | null): Reply {
    const sorted = [...this.rows].sort((a, b) => b.created_at - a.created_at);
    const from = Number(cursor ?? 0);
    const page = sorted.slice(from, from + this.#pageSize).map(({ response: _left, ...row }) => row);
    const more = from + this.#pageSize < sorted.length;
    return { status: 200, body: page, ...(more && { headers: { 'x-next-cursor': String(from + this.#pageSize) } }) };
  }

  #delegate({ target_id, task, idempotency_key }: { target_id: string; task: string; idempotency_key: string }): Reply {
    const known = this.#keys.get(idempotency_key);
    const delegation_id = known ?? this.give({ target_id, summary: task });
    this.#keys.set(idempotency_key, delegation_id);
    return { status: known ? 200 : 202, body: { delegation_id, status: 'delegated', target_id, ...(known && { idempotent_hit: true }) } };
  }

  #message({ params: { message } }: SelfMessage): Reply {
    const { messageId, parts, metadata } = message;
    if (!this.messages.has(messageId))
      this.messages.set(messageId, { text: parts[0]?.text ?? '', traceparent: metadata?.traceparent, at: performance.now() });
    return { status: 202, body: { queued: true, queue_id: messageId, queue_depth: 1 } };
  }

  #notify(note: TestDelegations['notes'][number]): Reply {
    const duplicate = note.delegation_id !== undefined && this.notes.some(({ delegation_id }) => delegation_id === note.delegation_id);
    if (!duplicate) this.notes.push(note);
    return { status: 200, body: { status: 'sent', ...(duplicate && { duplicate }) } };
  }
}

interface SelfMessage {
  params: { message: { messageId: string; parts: { text: string }[]; metadata?: { traceparent?: string } } };
}
