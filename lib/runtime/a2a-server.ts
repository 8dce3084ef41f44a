import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { LegacyJsonRpcTransportHandler } from '@a2a-js/sdk/compat/v0_3/server';
import { DefaultRequestHandler, JsonRpcTransportHandler, ServerCallContext } from '@a2a-js/sdk/server';
import { CanvasError, errorCodeOf, HTTP_STATUS, JSON_RPC_CODE } from '#lib/contract/errors.ts';
import { type A2aRequest, a2aRequestOf, textOfRequest } from './a2a-request.ts';
import { checkAccess } from './access.ts';
import type { Agent } from './agent.ts';
import { agentCardOf, publicCard } from './agent-card.ts';
import { AgentBridge } from './agent-executor.ts';
import { type Log, sentenceOf } from './log.ts';
import { TaskShelf } from './task-shelf.ts';
import type { WorkMemory } from './work-memory.ts';
import type { WorkMeter } from './work-meter.ts';

export const MAX_BODY_BYTES = 1024 * 1024;
const PING_MS = 15_000;

export interface A2aServerOptions {
  agent: Agent;
  name: string;
  description: string;
  version: string;
  meter: WorkMeter;
  memory: WorkMemory;
  log: Log;
  host: string;
  port: number;
  /** Where others reach it; null: where it listens. */
  publicUrl: string | null;
  inboundSecret: () => string | null;
  /** What GET /healthz says of this process. */
  identity: () => Record<string, unknown>;
}

/** The agent's own door: its card, its health and A2A messages over JSON-RPC, protocol 0.3 and 1.0. */
export class A2aServer {
  readonly url: string;
  readonly card: Record<string, unknown>;
  readonly bridge: AgentBridge;
  readonly #options: A2aServerOptions;
  readonly #server: Server;
  readonly #modern: JsonRpcTransportHandler;
  readonly #legacy: LegacyJsonRpcTransportHandler;
  #closing = false;

  private constructor(options: A2aServerOptions, server: Server) {
    this.#options = options;
    this.#server = server;
    const { port } = server.address() as AddressInfo;
    const shown = ['0.0.0.0', '::'].includes(options.host) ? '127.0.0.1' : options.host;
    this.url = options.publicUrl ?? `http://${shown.includes(':') ? `[${shown}]` : shown}:${port}`;
    const card = agentCardOf(options.agent, {
      name: options.name,
      description: options.description,
      version: options.version,
      url: this.url,
    });
    this.card = publicCard(card);
    this.bridge = new AgentBridge(options.agent, options.meter, options.memory, options.log);
    const handler = new DefaultRequestHandler(card, new TaskShelf(), this.bridge);
    this.#modern = new JsonRpcTransportHandler(handler);
    this.#legacy = new LegacyJsonRpcTransportHandler(handler);
    server.on('request', (request: IncomingMessage, response: ServerResponse) => void this.#answer(request, response));
  }

  /** Resolves once it listens. Rejects with a sentence when the port is taken. */
  static async listen(options: A2aServerOptions): Promise<A2aServer> {
    const server = createServer({ requestTimeout: 30_000, headersTimeout: 10_000, keepAliveTimeout: 65_000 });
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error: NodeJS.ErrnoException) =>
        reject(
          new CanvasError(
            'unavailable',
            `Cannot listen on ${options.host}:${options.port} (${error.code}): choose another --port, or 0 for any free one`,
          ),
        ),
      );
      server.listen(options.port, options.host, resolve);
    });
    return new A2aServer(options, server);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** From now on messages are refused with 503; what is at work goes on. */
  refuseNew(): void {
    this.#closing = true;
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let rpcId: string | number | null = null;
    try {
      const path = new URL(request.url ?? '/', 'http://runtime').pathname;
      if (path === '/healthz' && request.method === 'GET') return sendJson(response, 200, { status: 'ok', ...this.#options.identity() });
      if (['/.well-known/agent-card.json', '/.well-known/agent.json'].includes(path) && request.method === 'GET')
        return sendJson(response, 200, this.card);
      if (path !== '/')
        throw new CanvasError(
          'not_found',
          `There is nothing at ${path}: messages go to POST /, the card is at /.well-known/agent-card.json`,
        );
      if (request.method !== 'POST')
        throw new CanvasError('method_not_allowed', `${request.method} is not answered here: send A2A messages with POST`);
      checkAccess(request, { host: this.#options.host, url: this.url, inboundSecret: this.#options.inboundSecret() });
      const body = parseBody(await readBody(request));
      const a2a = a2aRequestOf(body);
      if (a2a === null) throw new CanvasError('bad_request', 'The body is no JSON-RPC request: "method" is missing');
      rpcId = a2a.envelope.id;
      this.#checkMessage(a2a);
      await this.#dispatch(a2a, response);
    } catch (thrown) {
      const code = errorCodeOf(thrown);
      if (code === 'internal') this.#options.log('error', `A request could not be answered: ${sentenceOf(thrown)}`);
      if (response.headersSent) return void response.end();
      const error = code === 'internal' ? 'The runtime failed to answer; its log says why' : sentenceOf(thrown);
      if (!request.complete) response.setHeader('connection', 'close');
      sendJson(response, HTTP_STATUS[code], {
        jsonrpc: '2.0',
        id: rpcId,
        error: { code: JSON_RPC_CODE[code], message: error, data: { code } },
      });
    }
  }

  #checkMessage({ envelope, version }: A2aRequest): void {
    const message = envelope.params['message'];
    if (message === undefined) return;
    if (this.#closing)
      throw new CanvasError('unavailable', 'This workspace is stopping and takes no new messages: send it again in a moment');
    if (textOfRequest({ envelope, version }) === '')
      throw new CanvasError('bad_request', 'The message holds no text part: this agent reads text only');
    const { taskId, messageId } = message as { taskId?: unknown; messageId?: unknown };
    if (typeof messageId === 'string' && this.bridge.hasMessage(messageId))
      throw new CanvasError('conflict', `Message ${messageId} is still at work: ask again when it is done, its answer is kept`);
    if (typeof taskId === 'string' && this.bridge.isAtWork(taskId))
      throw new CanvasError('conflict', `Task ${taskId} is still at work: wait for its answer, or cancel it`);
  }

  async #dispatch(a2a: A2aRequest, response: ServerResponse): Promise<void> {
    const context = new ServerCallContext({ requestedVersion: a2a.version });
    const handler = a2a.version === '0.3' ? this.#legacy : this.#modern;
    const answer: unknown = await handler.handle(a2a.envelope, context);
    if (!isStream(answer)) return sendJson(response, 200, answer);
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache, no-transform', connection: 'keep-alive' });
    const ping = setInterval(() => response.write(': ping\n\n'), PING_MS);
    try {
      for await (const event of answer) {
        if (response.destroyed) break;
        response.write(`data: ${JSON.stringify(event)}\n\n`);
      }
    } finally {
      clearInterval(ping);
      response.end();
    }
  }
}

function isStream(value: unknown): value is AsyncGenerator<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

function parseBody(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (thrown) {
    throw new CanvasError('bad_request', `The body is not valid JSON: ${(thrown as Error).message}`);
  }
}

/** Reads by events: leaving an iteration over a request half-way would tear the connection down before the 413 is sent. */
function readBody(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const onData = (chunk: Buffer) => {
      size += chunk.length;
      if (size <= MAX_BODY_BYTES) return void chunks.push(chunk);
      request.off('data', onData);
      request.resume();
      reject(new CanvasError('too_large', `The body is larger than ${MAX_BODY_BYTES} bytes`));
    };
    request.on('data', onData);
    request.on('error', () => reject(new CanvasError('bad_request', 'The request broke off before its end')));
    request.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
  });
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
