import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { z } from 'zod';
import { type Heartbeat, heartbeatSchema } from '#lib/contract/heartbeat.ts';
import { registerSchema } from '#lib/contract/registry.ts';
import { snapshotSchema } from '#lib/contract/snapshot.ts';

export interface SeenRequest {
  method: string;
  path: string;
  authorization: string | null;
  headers: IncomingMessage['headers'];
  body: unknown;
  /** Counts TCP connections: equal numbers came over the same one. */
  connection: number;
  at: number;
}

export interface Reply {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
  /** Answers nothing at all. */
  silent?: boolean;
  /** Ends the connection without an answer. */
  hangUp?: boolean;
}

/** A small platform that writes down what it is asked and checks it against the contract. Not a copy of ours: a peer. */
export class TestPlatform {
  readonly url: string;
  readonly seen: SeenRequest[] = [];
  /** Beats, registrations and snapshots that were not what the contract says. */
  readonly faults: string[] = [];
  /** Decides the answer; undefined: the usual one. */
  onRequest: (request: SeenRequest) => Reply | undefined = () => undefined;
  readonly #server: Server;
  readonly #listeners = new Set<() => void>();
  #connections = 0;

  private constructor(server: Server) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const numbers = new WeakMap<object, number>();
    server.on('connection', (socket) => numbers.set(socket, ++this.#connections));
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => this.#answer(request, Buffer.concat(chunks).toString('utf8'), numbers.get(request.socket) ?? 0, response));
    });
  }

  static async start(port = 0): Promise<TestPlatform> {
    const server = createServer({ keepAliveTimeout: 60_000 });
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    return new TestPlatform(server);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  get beats(): Heartbeat[] {
    return this.seen.filter((request) => request.path === '/registry/heartbeat').map((request) => heartbeatSchema.parse(request.body));
  }

  /** The snapshots that were sent, as they came. */
  get snapshots(): Record<string, unknown>[] {
    return this.seen.filter((request) => isSnapshot(request.path)).map((request) => request.body as Record<string, unknown>);
  }

  /** Resolves with what `look` finds, as soon as it finds something. */
  async until<T>(look: () => T | undefined | null | false): Promise<T> {
    for (;;) {
      const found = look();
      if (found !== undefined && found !== null && found !== false) return found;
      await new Promise<void>((resolve) => {
        const listener = () => {
          this.#listeners.delete(listener);
          resolve();
        };
        this.#listeners.add(listener);
      });
    }
  }

  /** Resolves with the first beat from number `from` on that fits. */
  async beat(fits: (beat: Heartbeat) => boolean = () => true, from = 0): Promise<Heartbeat> {
    return await this.until(() => this.beats.slice(from).find(fits));
  }

  #answer(request: IncomingMessage, text: string, connection: number, response: ServerResponse): void {
    const seen: SeenRequest = {
      method: request.method ?? '',
      path: request.url ?? '',
      authorization: request.headers.authorization ?? null,
      headers: request.headers,
      body: text === '' ? null : JSON.parse(text),
      connection,
      at: performance.now(),
    };
    this.seen.push(seen);
    const checked = schemaOf(seen.path)?.safeParse(seen.body);
    if (checked && !checked.success) this.faults.push(`${seen.path}: ${checked.error.message}`);
    const reply = this.onRequest(seen) ?? usualReply(seen.path);
    if (reply.hangUp === true) request.socket.destroy();
    else if (reply.silent !== true) {
      response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers });
      response.end(JSON.stringify(reply.body ?? {}));
    }
    for (const listener of [...this.#listeners]) listener();
  }
}

const isSnapshot = (path: string) => /^\/workspaces\/[^/]+\/snapshots$/.test(path);

function schemaOf(path: string): z.ZodType | null {
  if (path === '/registry/heartbeat') return heartbeatSchema;
  if (path === '/registry/register') return registerSchema;
  return isSnapshot(path) ? snapshotSchema : null;
}

function usualReply(path: string): Reply {
  if (path === '/registry/heartbeat') return { status: 200, body: { status: 'ok', platform_inbound_secret: 'inbound-one' } };
  if (path === '/registry/register')
    return { status: 200, body: { status: 'registered', delivery_mode: 'push', platform_inbound_secret: 'inbound-one' } };
  if (isSnapshot(path)) return { status: 201, body: { id: 'snapshot-1' } };
  return { status: 404, body: { error: `nothing at ${path}`, code: 'not_found' } };
}

export function refusal(status: number, code: string, error = 'refused by the test'): Reply {
  return { status, body: { error, code } };
}
