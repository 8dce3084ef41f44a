import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { CanvasError, errorCodeOf, HTTP_STATUS } from '#lib/contract/errors.ts';
import { type Actor, ANONYMOUS } from '#lib/platform/actor.ts';
import type { Deps } from '#lib/platform/deps.ts';
import { actorOf, type CallerPolicy } from './caller.ts';
import type { LoadGuard } from './load-guard.ts';
import { isApiPath, isFilePath, isOpenPage, signInAddress, wantsPage } from './page-paths.ts';
import { refusalPage } from './refusal-page.ts';
import type { RequestLog } from './request-log.ts';
import { contentSecurityPolicy, pageHeaders, WORKER_HEADERS } from './security-headers.ts';
import type { StaticFiles } from './static-files.ts';

/** What renders pages: Next's own request handler. */
export type PageHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** The header in which the server tells rendered pages who asks. Whatever a client sends under it is overwritten. */
export const ACTOR_HEADER = 'x-canvas-actor';

export interface Pages {
  deps: Deps;
  policy: CallerPolicy;
  guard: LoadGuard;
  log: RequestLog;
  handle: PageHandler;
  /** The files of the build; null when they change while it runs (development). */
  files: StaticFiles | null;
  /** The program that browsers run to show what is pushed to them. */
  serviceWorker: string;
  dev: boolean;
}

export function encodeActor(actor: Actor): string {
  return Buffer.from(JSON.stringify(actor)).toString('base64url');
}

/** Null for anonymous: such a page sends its reader to sign in. */
export function decodeActor(text: string | null): Actor | null {
  if (text === null) return null;
  const actor = JSON.parse(Buffer.from(text, 'base64url').toString()) as Actor;
  return actor.kind === 'anonymous' ? null : actor;
}

const MOUNTED = new WeakMap<FastifyInstance, Pages>();

/** The page at an address of the API; null when a program asks, or no pages are mounted. */
export function answerPage(app: FastifyInstance, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> | null {
  const pages = wantsPage(request.headers) ? MOUNTED.get(app) : undefined;
  return pages ? answer(pages, request, reply) : null;
}

/** Hands everything that is no API call to the pages, with a fresh nonce and the caller's name. */
export function mountPages(app: FastifyInstance, pages: Pages): void {
  MOUNTED.set(app, pages);
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, _payload, done) => done(null));
    // For everybody: a browser asks for it in the background too, when nobody is signed in any more.
    scope.get('/sw.js', (_request, reply) => reply.headers(WORKER_HEADERS).send(pages.serviceWorker));
    scope.route({
      method: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
      url: '/*',
      handler: (request, reply) => answer(pages, request, reply),
    });
  });
  // Next would leave a connection that asks to be upgraded hanging; in development hot reload takes it.
  if (!pages.dev) app.server.on('upgrade', (_request, socket) => socket.destroy());
}

async function answer(pages: Pages, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const path = request.url.split('?', 1)[0] ?? '/';
  if (isApiPath(path) || !request.url.startsWith('/')) {
    throw new CanvasError('not_found', `There is no ${request.method} ${path.slice(0, 200)}.`);
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    reply.header('allow', 'GET, HEAD');
    throw new CanvasError('method_not_allowed', 'Pages take GET and HEAD.');
  }
  try {
    const file = await pages.files?.answer(request, reply);
    if (file) return file;
    const actor = isFilePath(path) ? ANONYMOUS : await actorOf(pages.deps, request, pages.policy);
    if (actor.kind === 'workspace')
      throw new CanvasError('forbidden', 'Pages are for operators; the token of a workspace opens the API only.');
    if (actor.kind === 'anonymous' && !isFilePath(path) && !isOpenPage(path)) return await reply.redirect(signInAddress(request.url), 303);
    const render = () => hand(pages, actor, request, reply);
    return await (isFilePath(path) ? render() : pages.guard.within('page', render));
  } catch (thrown) {
    if (reply.raw.headersSent || errorCodeOf(thrown) === 'internal' || !(request.headers.accept ?? '').includes('text/html')) throw thrown;
    const status = HTTP_STATUS[errorCodeOf(thrown)];
    if (status === 503) reply.header('retry-after', '2');
    return reply
      .code(status)
      .type('text/html; charset=utf-8')
      .send(refusalPage((thrown as Error).message));
  }
}

async function hand(
  { policy, handle, dev, log }: Pages,
  actor: Actor,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const csp = contentSecurityPolicy(randomBytes(16).toString('base64'), dev);
  request.raw.headers['content-security-policy'] = csp;
  request.raw.headers[ACTOR_HEADER] = encodeActor(actor);
  for (const [name, value] of Object.entries(pageHeaders(csp, policy.publicUrl?.startsWith('https:') === true)))
    reply.raw.setHeader(name, value);
  reply.hijack();
  try {
    // Whoever left is not waited for: a renderer that does not notice must not keep its place.
    await Promise.race([handle(request.raw, reply.raw), new Promise((resolve) => reply.raw.once('close', resolve))]);
  } catch (thrown) {
    log.failed(request, thrown);
    if (reply.raw.headersSent) reply.raw.destroy();
    else
      reply.raw
        .writeHead(500, { 'content-type': 'text/html; charset=utf-8' })
        .end(refusalPage(`Canvas failed to make it. Its log has the details under request id ${request.id}.`));
  }
  return reply;
}
