import { randomUUID } from 'node:crypto';
import Fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { ENDPOINTS, type Endpoint, type EndpointName } from '#lib/contract/endpoints.ts';
import { CanvasError } from '#lib/contract/errors.ts';
import type { Deps } from '#lib/platform/deps.ts';
import { receiveBeat } from '#lib/platform/receive-beat.ts';
import { type CallerPolicy, actorOf, bearerOf, headersOf } from './caller.ts';
import { replyWithError } from './error-reply.ts';
import { EventStream } from './event-stream.ts';
import { type Call, HANDLERS, newestEvents } from './handlers.ts';

const BODY_LIMIT = 1024 * 1024;
const BEAT_LIMIT = 64 * 1024;
const REQUEST_TIMEOUT_MS = 30_000;
const MAX_STREAMS = 2000;

export interface ServerOptions {
  deps: Deps;
  policy: CallerPolicy;
  logger: FastifyBaseLogger;
  build: { version: string; commit: string | null };
  ready: () => Promise<void>;
}

export interface CanvasServer {
  app: FastifyInstance;
  stream: EventStream;
}

type Special = (request: FastifyRequest, reply: FastifyReply) => unknown;

/** The API, the stream and the health routes, made from the endpoint table. Pages are mounted beside it. */
export function buildServer(options: ServerOptions): CanvasServer {
  const { deps, policy } = options;
  const app = Fastify({
    loggerInstance: options.logger,
    disableRequestLogging: true,
    genReqId: () => randomUUID(),
    requestIdHeader: false,
    bodyLimit: BODY_LIMIT,
    requestTimeout: REQUEST_TIMEOUT_MS,
    forceCloseConnections: true,
    return503OnClosing: true,
  });
  const stream = new EventStream(deps, options.build.version);
  app.setErrorHandler((error, request, reply) => replyWithError(error, request, reply));
  app.addHook('onResponse', (request, reply, done) => {
    const level = reply.statusCode >= 500 ? 'error' : reply.statusCode >= 400 ? 'info' : 'debug';
    request.log[level]({ method: request.method, path: request.url.split('?')[0], status: reply.statusCode, ms: Math.round(reply.elapsedTime) }, 'request');
    done();
  });
  const special = specialRoutes(options, stream);
  for (const [name, endpoint] of Object.entries(ENDPOINTS) as [EndpointName, Endpoint][]) {
    const { method, path: url } = endpoint;
    const handler = name in special ? special[name as keyof typeof special] : apiRoute(options, name as keyof typeof HANDLERS, endpoint);
    app.route({ method, url, handler, ...(name === 'heartbeat' ? { bodyLimit: BEAT_LIMIT } : {}), exposeHeadRoute: false });
  }
  refuseOtherMethods(app);
  if (policy.signIn) mountSignIn(app, policy);
  app.addHook('onClose', () => stream.close());
  return { app, stream };
}

function apiRoute({ deps, policy }: ServerOptions, name: keyof typeof HANDLERS, { status }: Endpoint) {
  const handle = HANDLERS[name];
  return async (request: FastifyRequest, reply: FastifyReply) => {
    const call = await callOf(deps, policy, request, reply);
    const result = await handle(call);
    reply.header('cache-control', 'no-store');
    return reply.code(status).send(result);
  };
}

async function callOf(deps: Deps, policy: CallerPolicy, request: FastifyRequest, reply: FastifyReply): Promise<Call> {
  const actor = await actorOf(deps, request, policy);
  const body = request.body ?? {};
  if (typeof body !== 'object' || Array.isArray(body)) throw new CanvasError('bad_request', 'The body must be a JSON object.');
  return {
    deps,
    actor,
    request,
    reply,
    params: request.params as Record<string, string>,
    query: request.query as Record<string, string>,
    body: body as Record<string, unknown>,
  };
}

function specialRoutes({ deps, policy, build, ready }: ServerOptions, stream: EventStream) {
  const alive: Special = () => ({ status: 'ok' });
  return {
    heartbeat: ((request) => receiveBeat(deps, bearerOf(request), request.body)) satisfies Special,
    healthz: alive,
    health: alive,
    readyz: (async (_request, reply) => {
      await ready().catch((error: unknown) => {
        deps.log('warn', 'the store does not answer', { why: String(error) });
        throw new CanvasError('unavailable', 'The store does not answer. The platform keeps what it holds and tries again.');
      });
      return reply.send({ status: 'ready' });
    }) satisfies Special,
    buildInfo: (() => ({ ...build, node: process.version })) satisfies Special,
    events: (async (request, reply) => {
      const call = await callOf(deps, policy, request, reply);
      const wantsStream = (request.headers.accept ?? '').includes('text/event-stream');
      if (!wantsStream) return newestEvents(call);
      if (call.actor.kind !== 'operator') throw new CanvasError('unauthenticated', 'The stream is for signed-in operators.');
      if (stream.readers >= MAX_STREAMS) throw new CanvasError('overloaded', `More than ${MAX_STREAMS} readers are on the stream already.`);
      reply.hijack();
      const { 'last-event-id': header } = request.headers;
      const position = typeof header === 'string' && header !== '' ? header : (call.query['last_event_id'] ?? null);
      await stream.open(reply.raw, position);
      return reply;
    }) satisfies Special,
  };
}

/** A known path asked with another method says which ones it takes. */
function refuseOtherMethods(app: FastifyInstance): void {
  const methods = new Map<string, string[]>();
  for (const { method, path } of Object.values(ENDPOINTS)) methods.set(path, [...(methods.get(path) ?? []), method]);
  for (const [url, allowed] of methods) {
    const others = (['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const).filter((method) => !allowed.includes(method));
    app.route({
      method: others,
      url,
      handler: (_request, reply) => {
        reply.header('allow', allowed.join(', '));
        throw new CanvasError('method_not_allowed', `${url} takes ${allowed.join(', ')}.`);
      },
    });
  }
}

function mountSignIn(app: FastifyInstance, policy: CallerPolicy): void {
  const { signIn } = policy;
  if (!signIn) return;
  app.route({
    method: ['GET', 'POST'],
    url: '/api/auth/*',
    handler: async (request, reply) => {
      const url = new URL(request.url, policy.publicUrl ?? `http://${request.headers.host ?? 'localhost'}`);
      const body = request.method === 'GET' ? null : JSON.stringify(request.body ?? {});
      const answer = await signIn.handle(new Request(url, { method: request.method, headers: headersOf(request), body }));
      reply.code(answer.status);
      answer.headers.forEach((value, name) => {
        if (name !== 'set-cookie') reply.header(name, value);
      });
      reply.header('set-cookie', answer.headers.getSetCookie());
      return reply.send(Buffer.from(await answer.arrayBuffer()));
    },
  });
}
