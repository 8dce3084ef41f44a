import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { LegacyJsonRpcTransportHandler } from '@a2a-js/sdk/compat/v0_3/server';
import { A2AError } from '@a2a-js/sdk/errors';
import { JsonRpcTransportHandler, ServerCallContext } from '@a2a-js/sdk/server';
import { CanvasError, errorCodeOf, HTTP_STATUS, JSON_RPC_CODE } from '#lib/contract/errors.ts';
import { type A2aRequest, a2aRequestOf, textOfRequest } from '#lib/domain/a2a-message.ts';
import type { AllowedTargets } from '#lib/domain/address-guard.ts';
import { checkAccess, isLoopback } from './access.ts';
import type { Agent } from './agent.ts';
import { agentCardOf, publicCard } from './agent-card.ts';
import { AgentBridge, type Passage } from './agent-executor.ts';
import type { Gate } from './gate.ts';
import type { Resolve } from './guarded-post.ts';
import { type Log, sentenceOf } from './log.ts';
import type { RuntimeMcp } from './mcp/runtime-mcp.ts';
import type { PushSender } from './push-sender.ts';
import { requestHandlerOf } from './request-handler.ts';
import { answerSignal, type SignalDoor } from './signal-door.ts';
import type { WorkInHand } from './work-in-hand.ts';
import type { WorkMemory } from './work-memory.ts';
import type { WorkMeter } from './work-meter.ts';

export const MAX_BODY_BYTES = 1024 * 1024;
const PING_MS = 15_000;
/** Ids go into files and into the environment of programs. */
const MAX_ID = 256;

export interface A2aServerOptions {
  agent: Agent;
  name: string;
  description: string;
  version: string;
  meter: WorkMeter;
  work: WorkInHand;
  gate: Gate;
  memory: WorkMemory;
  log: Log;
  host: string;
  port: number;
  /** Where others reach it; null: where it listens. */
  publicUrl: string | null;
  signals: SignalDoor;
  /** Where news of tasks may be sent besides the public internet. */
  allowedTargets: AllowedTargets;
  /** What names stand for; absent: the system says. */
  resolve?: Resolve;
  /** Absent: there are no tools at /mcp. */
  mcp?: RuntimeMcp;
  /** What GET /healthz says of this process. */
  identity: () => Record<string, unknown>;
}

/** The agent's own door: its card, its health, A2A messages over JSON-RPC, protocol 0.3 and 1.0, and the platform's signals. */
export class A2aServer {
  readonly url: string;
  /** Where programs of this machine find tools; null where they take the inbound secret. */
  readonly mcpUrl: string | null;
  readonly card: Record<string, unknown>;
  readonly #options: A2aServerOptions;
  readonly #bridge: AgentBridge;
  readonly #server: Server;
  readonly #push: PushSender;
  readonly #modern: JsonRpcTransportHandler;
  readonly #legacy: LegacyJsonRpcTransportHandler;

  private constructor(options: A2aServerOptions, server: Server) {
    this.#options = options;
    this.#server = server;
    const { port } = server.address() as AddressInfo;
    const shown = ['0.0.0.0', '::'].includes(options.host) ? '127.0.0.1' : options.host;
    const local = `http://${shown.includes(':') ? `[${shown}]` : shown}:${port}`;
    this.url = options.publicUrl ?? local;
    this.mcpUrl = isLoopback(options.host) ? `${local}/mcp` : null;
    const card = agentCardOf(options.agent, {
      name: options.name,
      description: options.description,
      version: options.version,
      url: this.url,
    });
    this.card = publicCard(card);
    this.#bridge = new AgentBridge(options);
    const { name: speaker, allowedTargets: allowed, resolve, log } = options;
    const guard = { allowed, speaker, ...(resolve && { resolve }) };
    const { handler, push } = requestHandlerOf({ card, executor: this.#bridge, guard, log });
    this.#push = push;
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

  async close(): Promise<void> {
    this.#push.close();
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let rpcId: RpcId = null;
    try {
      const path = new URL(request.url ?? '/', 'http://runtime').pathname;
      const { identity, gate, signals, mcp } = this.#options;
      const door = { host: this.#options.host, url: this.url, inboundSecret: signals.inboundSecret() };
      if (path === '/healthz' && request.method === 'GET')
        return sendJson(response, 200, { status: 'ok', ...identity(), draining: !gate.isOpen });
      if (['/.well-known/agent-card.json', '/.well-known/agent.json'].includes(path) && request.method === 'GET')
        return sendJson(response, 200, this.card);
      const readJson = async () => {
        const body = parseBody(await readBody(request));
        rpcId = rpcIdOf(body);
        return body;
      };
      if (path.startsWith('/signals/')) {
        const { method, headers } = request;
        return sendJson(response, 200, await answerSignal({ path, method, headers, readJson }, signals));
      }
      if (mcp !== undefined && (path === '/mcp' || path === '/mcp/state')) {
        const answer = await mcp.answer({ path, request, response, door, readJson });
        return answer === null ? undefined : sendJson(response, 200, answer.body);
      }
      if (path !== '/')
        throw new CanvasError(
          'not_found',
          `There is nothing at ${path}: messages go to POST /, the card is at /.well-known/agent-card.json`,
        );
      if (request.method !== 'POST')
        throw new CanvasError('method_not_allowed', `${request.method} is not answered here: send A2A messages with POST`);
      checkAccess(request, door);
      const a2a = a2aRequestOf(await readJson(), randomUUID);
      if (a2a === null) throw new CanvasError('bad_request', 'The body is no JSON-RPC request: "method" is missing');
      rpcId = a2a.envelope.id;
      await this.#dispatch(a2a, response);
    } catch (thrown) {
      const code = errorCodeOf(thrown);
      if (code === 'internal') this.#options.log('error', `A request could not be answered: ${sentenceOf(thrown)}`);
      if (response.headersSent) return void response.end();
      if (!request.complete) response.setHeader('connection', 'close');
      sendJson(response, HTTP_STATUS[code], rpcError(rpcId, thrown));
    }
  }

  /** Lets a request's message in; null for a request without one. */
  #passageOf({ envelope, version }: A2aRequest): Passage | null {
    const message = envelope.params['message'] as { taskId?: unknown; messageId?: unknown; contextId?: unknown } | undefined;
    if (message === undefined) return null;
    for (const name of ['messageId', 'contextId'] as const) {
      const id = message[name];
      if (typeof id === 'string' && (id.length > MAX_ID || /\p{Cc}/u.test(id)))
        throw new CanvasError(
          'bad_request',
          `${name} is longer than ${MAX_ID} characters, or holds control characters: give it a plain name`,
        );
    }
    if (textOfRequest({ envelope, version }) === '')
      throw new CanvasError('bad_request', 'The message holds no text part: this agent reads text only');
    return this.#bridge.enter(String(message.messageId), typeof message.taskId === 'string' ? message.taskId : null);
  }

  async #dispatch(a2a: A2aRequest, response: ServerResponse): Promise<void> {
    const passage = this.#passageOf(a2a);
    try {
      const context = new ServerCallContext({ requestedVersion: a2a.version });
      const handler = a2a.version === '0.3' ? this.#legacy : this.#modern;
      const answer: unknown = await handler.handle(a2a.envelope, context);
      if (isStream(answer)) return await streamOut(answer, { response, rpcId: a2a.envelope.id, passage, version: a2a.version });
      if (passage !== null && passage.refusal !== null) throw passage.refusal;
      sendJson(response, 200, answer);
    } finally {
      if (passage !== null) this.#bridge.leave(passage);
    }
  }
}

/**
 * Sends events as they come. A message that the runtime leaves undone ends in that error, not in a failed task. All events
 * are taken to the last one, heard or not: the SDK keeps what becomes of a task only while somebody takes them.
 */
async function streamOut(
  events: AsyncGenerator<unknown>,
  { response, rpcId, passage, version }: { response: ServerResponse; rpcId: RpcId; passage: Passage | null; version: '0.3' | '1.0' },
): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache, no-transform', connection: 'keep-alive' });
  const say = (text: string) => {
    if (!response.destroyed) response.write(text);
  };
  const ping = setInterval(() => say(': ping\n\n'), PING_MS);
  const write = (event: unknown) => say(`data: ${JSON.stringify(event)}\n\n`);
  const refusal = () => passage?.refusal ?? null;
  try {
    for await (const event of events) {
      // Through a resubscription nothing is kept: when its reader has left, nobody needs more of it.
      if (response.destroyed && passage === null) break;
      if (!response.destroyed && refusal() === null) write(event);
    }
    if (refusal() !== null) write(rpcError(rpcId, refusal()));
  } catch (thrown) {
    if (!(thrown instanceof A2AError)) {
      write(rpcError(rpcId, thrown));
      throw thrown;
    }
    const errorOf = version === '0.3' ? LegacyJsonRpcTransportHandler.mapToLegacyJSONRPCError : JsonRpcTransportHandler.mapToJSONRPCError;
    write({ jsonrpc: '2.0', id: rpcId, error: errorOf(thrown) });
  } finally {
    clearInterval(ping);
    response.end();
  }
}

type RpcId = string | number | null;

function rpcIdOf(body: unknown): RpcId {
  const id = (body as { id?: unknown } | null)?.id;
  return typeof id === 'string' || typeof id === 'number' ? id : null;
}

function rpcError(id: RpcId, thrown: unknown) {
  const code = errorCodeOf(thrown);
  const message = code === 'internal' ? 'The runtime failed to answer; its log says why' : sentenceOf(thrown);
  return { jsonrpc: '2.0', id, error: { code: JSON_RPC_CODE[code], message, data: { code } } };
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
