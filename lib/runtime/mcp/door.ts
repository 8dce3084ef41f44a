import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { CanvasError } from '#lib/contract/errors.ts';
import { sentenceOf } from '#lib/runtime/log.ts';
import { type McpParts, newMcpServer } from './server.ts';

const MAX_SESSIONS = 64;
const MAX_BODY_BYTES = 1024 * 1024;
const IDLE_MS = 3_600_000;

interface Session {
  transport: StreamableHTTPServerTransport;
  server: McpServer;
  usedAt: number;
  /** Requests under way, a stream that the client keeps open among them. */
  open: number;
}

/**
 * The tools over streamable HTTP, at /mcp of the agent's own door. Each client has a session, named by a random id in
 * `Mcp-Session-Id`; one that is not used for an hour may be ended when others come. A session id proves nothing: who may
 * ask is decided before, for each request.
 */
export class McpDoor {
  readonly #parts: McpParts;
  readonly #sessions = new Map<string, Session>();

  constructor(parts: McpParts) {
    this.#parts = parts;
  }

  /** Rejects with the reason when there is no such session, or no room for one; nothing has been answered then. */
  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const id = request.headers['mcp-session-id'];
    const session = typeof id === 'string' ? this.#sessions.get(id) : undefined;
    if (id !== undefined && session === undefined)
      throw new CanvasError('not_found', 'There is no such MCP session (any more): begin a new one with "initialize"');
    await this.#pass(session ?? (await this.#open()), request, response);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#sessions.values()].map(({ server }) => server.close()));
  }

  async #pass(session: Session, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { transport, server } = session;
    session.usedAt = performance.now();
    session.open += 1;
    response.once('close', () => {
      session.open -= 1;
      session.usedAt = performance.now();
    });
    await transport.handleRequest(request, response);
    // A first request that is no "initialize" was refused, and began nothing.
    if (transport.sessionId === undefined) await server.close();
  }

  async #open(): Promise<Session> {
    this.#makeRoom();
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      maxRequestBodySize: MAX_BODY_BYTES,
      onsessioninitialized: (id) => void this.#sessions.set(id, session),
    });
    const server = newMcpServer(this.#parts);
    const session: Session = { transport, server, usedAt: performance.now(), open: 0 };
    server.server.onclose = () => {
      if (transport.sessionId !== undefined) this.#sessions.delete(transport.sessionId);
    };
    server.server.onerror = (error) => this.#parts.log('warn', `An MCP session has a problem: ${sentenceOf(error)}`);
    // Its optional callbacks are declared without `undefined`, which this project's compiler tells apart.
    await server.connect(transport as Parameters<typeof server.connect>[0]);
    return session;
  }

  #makeRoom(): void {
    const now = performance.now();
    const idle = [...this.#sessions.values()].filter(({ open }) => open === 0).sort((a, b) => a.usedAt - b.usedAt);
    for (const { server, usedAt } of idle) if (now - usedAt > IDLE_MS || this.#sessions.size >= MAX_SESSIONS) void server.close();
    if (this.#sessions.size >= MAX_SESSIONS)
      throw new CanvasError('overloaded', `${MAX_SESSIONS} MCP sessions are open: end one of them first`);
  }
}
