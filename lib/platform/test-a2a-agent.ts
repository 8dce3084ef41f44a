import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { register } from './registry-verbs.ts';
import type { TestPlatform } from './test-platform.ts';

/** One message as it reached the agent. */
export interface Received {
  messageId: string;
  text: string;
  redelivered: boolean;
  sender: string | undefined;
  /** The version of A2A that the request says it is in. */
  version: string | undefined;
  bearer: string | undefined;
  /** The header, and what the message says. */
  traceparents: unknown[];
  request: { id: unknown; method: string; params: Record<string, unknown> };
}

/** `'hang up'` ends the connection without an answer. A text is sent as it is. */
export type Reply = { status?: number; body: unknown } | 'hang up';

export const completed = (text: string): Reply => ({
  body: { jsonrpc: '2.0', id: 'agent', result: { kind: 'message', messageId: 'answer', role: 'agent', parts: [{ kind: 'text', text }] } },
});
export const refused = (status: number, code: string, rpcCode = -32017): Reply => ({
  status,
  body: { jsonrpc: '2.0', id: null, error: { code: rpcCode, message: `no: ${code}`, data: { code } } },
});

/** What it was asked of a task of its own. */
export interface AskedOfTask {
  method: string;
  id: string;
  version?: string;
}

/** The answer to a question for a task. */
export const taskIs = (state: string, more: Record<string, unknown> = {}): Reply => ({
  body: { jsonrpc: '2.0', id: 'agent', result: { kind: 'task', id: 'task-1', contextId: 'c', status: { state }, ...more } },
});

/** Test support: a real HTTP server that takes A2A messages and answers them as the test says. */
export class TestA2aAgent {
  readonly received: Received[] = [];
  atWork = 0;
  mostAtWork = 0;
  reply: (message: Received) => Reply | Promise<Reply> = ({ text }) => completed(`did ${text}`);
  readonly asked: AskedOfTask[] = [];
  /** Knows no task unless the test says so. */
  replyOfTask: (asked: AskedOfTask) => Reply | Promise<Reply> = () => ({
    body: { jsonrpc: '2.0', id: 'agent', error: { code: -32001, message: 'Task not found' } },
  });
  readonly #server: Server = createServer((request, response) => void this.#take(request, response));
  readonly #waiting: { count: number; resolve: () => void }[] = [];
  #port = 0;

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get texts(): string[] {
    return this.received.map(({ text }) => text);
  }

  /** Listens; after a `close` at the same port again. */
  async open(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (this.#server.address() as AddressInfo).port;
    return this;
  }

  /** Ends every connection, as the death of its process would, and listens no more. */
  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  /** Resolves when so many messages have reached it since it was made. */
  async has(count: number): Promise<void> {
    if (this.received.length >= count) return;
    await new Promise<void>((resolve) => this.#waiting.push({ count, resolve }));
  }

  /** Makes it the agent of a workspace, whose beats say that it is well. */
  async serve(canvas: TestPlatform, workspace: { id: string; token: string }, name: string, boot = 'boot-1'): Promise<void> {
    const actor = { kind: 'workspace', id: workspace.id, name, token_id: 'test' } as const;
    await register(canvas.deps, actor, { id: workspace.id, url: this.url, join_code: null });
    await canvas.beat(workspace, { boot_id: boot });
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const body = JSON.parse(text) as Received['request'];
    const version = request.headers['a2a-version'] as string | undefined;
    if (body.params['message'] === undefined) {
      const asked = { method: body.method, id: String(body.params['id']), ...(version === undefined ? {} : { version }) };
      this.asked.push(asked);
      return give(request, response, await this.replyOfTask(asked));
    }
    const message = body.params['message'] as {
      messageId: string;
      parts: { text?: string }[];
      metadata?: { redelivered?: boolean; traceparent?: string };
    };
    const received: Received = {
      messageId: message.messageId,
      text: message.parts.map((part) => part.text ?? '').join(''),
      redelivered: message.metadata?.redelivered === true,
      sender: request.headers['x-workspace-id'] as string | undefined,
      version,
      bearer: request.headers.authorization,
      traceparents: [request.headers['traceparent'], message.metadata?.traceparent],
      request: body,
    };
    this.received.push(received);
    this.atWork += 1;
    this.mostAtWork = Math.max(this.mostAtWork, this.atWork);
    for (const waiter of this.#waiting) if (this.received.length >= waiter.count) waiter.resolve();
    const reply = await this.reply(received);
    this.atWork -= 1;
    give(request, response, reply);
  }
}

function give(request: IncomingMessage, response: ServerResponse, reply: Reply): void {
  if (reply === 'hang up') return void request.socket.destroy();
  response.writeHead(reply.status ?? 200, { 'content-type': 'application/json' });
  response.end(typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body));
}

/** A reply that the test gives when it wants to. */
export function heldReply(): { reply: Promise<Reply>; give: (reply: Reply) => void } {
  let give: (reply: Reply) => void = () => {};
  const reply = new Promise<Reply>((resolve) => {
    give = resolve;
  });
  return { reply, give };
}
