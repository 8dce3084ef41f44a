import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Endpoint } from '#lib/contract/endpoint.ts';
import { ENDPOINTS, type EndpointName } from '#lib/contract/endpoints.ts';
import { CanvasError, errorCodeOf } from '#lib/contract/errors.ts';
import { MAX_SNAPSHOT_BYTES } from '#lib/contract/snapshot.ts';
import { refuseStranger } from '#lib/platform/allow.ts';
import type { Deps } from '#lib/platform/deps.ts';
import { BeatLane } from './beat-lane.ts';
import { callOf } from './call.ts';
import { answerClientError, replyWithError } from './error-reply.ts';
import { EventStream } from './event-stream.ts';
import { HANDLERS } from './handlers.ts';
import { acceptJsonOnly } from './json-body.ts';
import { clientIsGone, type LoadClass, LoadGuard } from './load-guard.ts';
import { PAGES_TOO } from './page-paths.ts';
import { answerPage } from './pages.ts';
import { RequestLog } from './request-log.ts';
import { API_HEADERS } from './security-headers.ts';
import type { ServerOptions } from './server-options.ts';
import { signInRoutes } from './sign-in-routes.ts';
import { specialRoutes } from './special-routes.ts';

const BODY_LIMIT = 1024 * 1024;
const BEAT_LIMIT = 64 * 1024;
const SLACK = 64 * 1024;
const URL_LIMIT = 8 * 1024;
/** The whole request must have arrived by then, its headers alone by `HEADERS_TIMEOUT_MS`. */
const REQUEST_TIMEOUT_MS = 30_000;
const HEADERS_TIMEOUT_MS = 10_000;
/** A connection on which nothing moves, in either direction, while an answer is under way. Streams are pinged more often. */
const SILENT_TIMEOUT_MS = 60_000;
const KEEP_ALIVE_MS = 75_000;
const CONNECTIONS = 25_000;
/** How long requests under way may go on when the server ends. */
const GRACE_MS = 500;
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

export interface CanvasServer {
  app: FastifyInstance;
  stream: EventStream;
  guard: LoadGuard;
  log: RequestLog;
}

/** The API, the stream and the health routes, made from the endpoint table. Pages are mounted beside it. */
export function buildServer(options: ServerOptions): CanvasServer {
  const { deps } = options;
  const log = new RequestLog(options.logger);
  const onError = (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
    if (errorCodeOf(error) === 'unavailable') log.because(request, (error as Error).message);
    replyWithError(error, request, reply, log.failed);
  };
  // Without a logger of its own: RequestLog writes one line a request, and no child logger is made for each.
  const app = Fastify({
    genReqId: () => randomUUID(),
    requestIdHeader: false,
    bodyLimit: BODY_LIMIT,
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionTimeout: SILENT_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    http: { headersTimeout: HEADERS_TIMEOUT_MS, connectionsCheckingInterval: 2000 },
    routerOptions: { ignoreTrailingSlash: true },
    frameworkErrors: onError,
    clientErrorHandler: answerClientError,
    forceCloseConnections: true,
    return503OnClosing: true,
  });
  app.server.maxConnections = CONNECTIONS;
  acceptJsonOnly(app);
  app.setErrorHandler(onError);
  app.setNotFoundHandler((request) => {
    throw new CanvasError('not_found', `There is no ${request.method} ${request.url.split('?', 1)[0]?.slice(0, 200)}.`);
  });
  app.addHook('onRequest', (request, reply, done) => {
    log.watch(request, reply);
    reply.headers(API_HEADERS);
    done(request.url.length > URL_LIMIT ? new CanvasError('too_large', `The address is longer than ${URL_LIMIT} characters.`) : undefined);
  });
  const guard = new LoadGuard(deps.log);
  const stream = new EventStream(deps, options.build.version, options.pingEveryMs);
  let ending = false;
  const closed = () => {
    guard.arrived();
    return guard.pressed || ending || options.logger.isLevelEnabled('debug');
  };
  const lane = new BeatLane(app, { deps, limit: BEAT_LIMIT, closed });
  const special = { ...specialRoutes(options, stream, guard, lane), ...signInRoutes(options) };
  for (const [name, endpoint] of Object.entries(ENDPOINTS) as [EndpointName, Endpoint][]) {
    const { method, path: url } = endpoint;
    const kind = LOAD_OF[name] ?? (method === 'GET' ? 'read' : 'write');
    const handler =
      name in special ? special[name as keyof typeof special] : apiRoute(options, guard, name as keyof typeof HANDLERS, endpoint, kind);
    app.route({
      method,
      url,
      handler: PAGES_TOO.has(name) ? (request, reply) => answerPage(app, request, reply) ?? handler(request, reply) : handler,
      ...(kind === 'vital' ? {} : { onRequest: guard.door(kind) }),
      ...(name in BODY_LIMIT_OF ? { bodyLimit: BODY_LIMIT_OF[name] } : {}),
      ...(kind === 'beat' ? { bodyLimit: BEAT_LIMIT, preParsing: lane.restoreBody } : {}),
      exposeHeadRoute: takesHead(name, method),
    });
  }
  refuseOtherMethods(app);
  app.addHook('preClose', async () => {
    ending = true;
    stream.close();
    await Promise.race([log.idle(), delay(GRACE_MS, undefined, { ref: false })]);
  });
  app.addHook('onClose', () => guard.close());
  return { app, stream, guard, log };
}

/** Load classes that the method does not tell. */
const LOAD_OF: Partial<Record<EndpointName, LoadClass | 'vital'>> = {
  heartbeat: 'beat',
  sendMessage: 'message',
  healthz: 'vital',
  health: 'vital',
  readyz: 'vital',
  buildInfo: 'vital',
};

/** Bodies that may be larger than others. A snapshot of the largest size comes with the name of its run, and in more room than it takes. */
const BODY_LIMIT_OF: Partial<Record<EndpointName, number>> = { uploadSnapshot: MAX_SNAPSHOT_BYTES + SLACK };

const takesHead = (name: EndpointName, method: string) => method === 'GET' && name !== 'events';

function apiRoute(
  { deps, policy }: ServerOptions,
  guard: LoadGuard,
  name: keyof typeof HANDLERS,
  { status, caller }: Endpoint,
  kind: LoadClass | 'vital',
) {
  const handle = HANDLERS[name];
  return async (request: FastifyRequest, reply: FastifyReply) => {
    const call = await callOf(kind === 'write' ? whileWaitedFor(deps, request) : deps, policy, request, reply);
    if (caller !== 'anyone' && call.actor.kind === 'anonymous') refuseStranger(call.actor);
    if (clientIsGone(request)) return reply.hijack();
    const result = await (kind === 'vital' ? handle(call) : guard.within(kind, () => handle(call)));
    // It was taken over, and answered as events.
    if (reply.sent) return reply;
    return reply.code(reply.statusCode === 200 ? status : reply.statusCode).send(result);
  };
}

/** A write that waits for its turn is dropped when its client hangs up before; once it began it is finished. */
function whileWaitedFor(deps: Deps, request: FastifyRequest): Deps {
  let began = false;
  return {
    ...deps,
    oneAtATime: (work) =>
      deps.oneAtATime(() => {
        if (!began && clientIsGone(request))
          return Promise.reject(new CanvasError('timeout', 'The client left before this began; nothing was changed.'));
        began = true;
        return work();
      }),
  };
}

/** A known path asked with another method says which ones it takes. */
function refuseOtherMethods(app: FastifyInstance): void {
  const methods = new Map<string, Set<string>>();
  for (const [name, { method, path }] of Object.entries(ENDPOINTS) as [EndpointName, Endpoint][]) {
    const allowed = methods.get(path) ?? new Set();
    methods.set(path, allowed.add(method));
    if (takesHead(name, method)) allowed.add('HEAD');
  }
  for (const [url, allowed] of methods) {
    app.route({
      method: METHODS.filter((method) => !allowed.has(method)),
      url,
      handler: (_request, reply) => {
        reply.header('allow', [...allowed].join(', '));
        throw new CanvasError('method_not_allowed', `${url} takes ${[...allowed].join(', ')}.`);
      },
    });
  }
}
