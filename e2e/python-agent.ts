import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request as it came. `to` is the path, without its slash. */
export interface AgentRequest {
  to: string;
  method: string;
  headers: IncomingMessage['headers'];
  body: Record<string, unknown> | null;
}

/**
 * Where Python runtimes listen: takes A2A 0.3 messages as their SDK does, at a path for each, and has no signals. What is
 * said to them waits while `hold` is set.
 */
export class PythonAgent {
  readonly asked: AgentRequest[] = [];
  #held: (() => void)[] | null = null;
  readonly #server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8');
      const [to = '', ...rest] = (request.url ?? '').slice(1).split('/');
      const body = text === '' ? null : (JSON.parse(text) as Record<string, unknown>);
      this.asked.push({ to, method: `${request.method} /${rest.join('/')}`, headers: request.headers, body });
      const known = request.method === 'POST' && rest.length === 0;
      const answer = () => {
        response.writeHead(known ? 200 : 404, { 'content-type': known ? 'application/json' : 'text/plain' });
        response.end(known ? JSON.stringify(answerTo(body)) : 'Not Found');
      };
      if (known && this.#held) this.#held.push(answer);
      else answer();
    });
  });

  async open(): Promise<this> {
    await once(this.#server.listen(0, '127.0.0.1'), 'listening');
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The messages that came to one of them. */
  messagesTo(
    name: string,
  ): { id: unknown; params: { message: Record<string, unknown>; configuration: unknown }; headers: AgentRequest['headers'] }[] {
    return this.asked
      .filter(({ to, body }) => to === name && body?.['method'] === 'message/send')
      .map(({ body, headers }) => ({ id: body?.['id'], params: body?.['params'] as never, headers }));
  }

  hold(): void {
    this.#held ??= [];
  }

  release(): void {
    const held = this.#held ?? [];
    this.#held = null;
    for (const answer of held) answer();
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

/** A message back, or the refusal of a request that is not as the protocol says. */
function answerTo(body: Record<string, unknown> | null): Record<string, unknown> {
  const { id = null, jsonrpc, method, params } = body ?? {};
  const { message, configuration } = (params ?? {}) as { message?: Record<string, unknown>; configuration?: Record<string, unknown> };
  const parts = (message?.['parts'] ?? []) as { kind?: unknown; text?: unknown }[];
  const valid =
    jsonrpc === '2.0' &&
    method === 'message/send' &&
    typeof message?.['messageId'] === 'string' &&
    message['role'] === 'user' &&
    parts.length > 0 &&
    parts.every((part) => part.kind === 'text' && typeof part.text === 'string') &&
    (configuration === undefined || Array.isArray(configuration['acceptedOutputModes']));
  if (!valid) return { jsonrpc: '2.0', id, error: { code: -32602, message: 'Invalid parameters' } };
  const said = parts.map(({ text }) => text).join(' ');
  const result = { kind: 'message', messageId: `answer-${said.length}`, role: 'agent', parts: [{ kind: 'text', text: `pong: ${said}` }] };
  return { jsonrpc: '2.0', id, result };
}
