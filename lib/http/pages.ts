import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { CanvasError } from '#lib/contract/errors.ts';
import { ANONYMOUS, type Actor } from '#lib/platform/actor.ts';
import type { Deps } from '#lib/platform/deps.ts';
import { type CallerPolicy, actorOf } from './caller.ts';

/** What renders pages: Next's own request handler. */
export type PageHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** The header in which the server tells rendered pages who asks. Whatever a client sends under it is overwritten. */
export const ACTOR_HEADER = 'x-canvas-actor';

const API_PREFIXES = ['/registry/', '/workspaces/', '/events/', '/api/', '/signals/'];

export function encodeActor(actor: Actor): string {
  return Buffer.from(JSON.stringify(actor)).toString('base64url');
}

/** Null for anonymous: such a page sends its reader to sign in. */
export function decodeActor(text: string | null): Actor | null {
  if (text === null) return null;
  const actor = JSON.parse(Buffer.from(text, 'base64url').toString()) as Actor;
  return actor.kind === 'anonymous' ? null : actor;
}

function contentSecurityPolicy(nonce: string, dev: boolean): string {
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${dev ? " 'unsafe-eval'" : ''}`,
    dev ? "style-src 'self' 'unsafe-inline'" : `style-src 'self' 'nonce-${nonce}'`,
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    `connect-src 'self'${dev ? ' ws:' : ''}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
}

export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=()',
};

/** Hands everything that is no API call to the pages, with a fresh nonce and the caller's name. */
export function mountPages(app: FastifyInstance, deps: Deps, policy: CallerPolicy, handle: PageHandler, dev: boolean): void {
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, _payload, done) => done(null));
    scope.route({
      method: ['GET', 'HEAD', 'POST'],
      url: '/*',
      handler: async (request, reply) => {
        const path = request.url.split('?')[0] ?? '/';
        if (API_PREFIXES.some((prefix) => path.startsWith(prefix)) || !['GET', 'HEAD'].includes(request.method)) {
          throw new CanvasError('not_found', `There is no ${request.method} ${path.slice(0, 200)}.`);
        }
        const isStatic = path.startsWith('/_next/static/');
        const actor = await actorOf(deps, request, policy);
        const nonce = randomBytes(16).toString('base64');
        const csp = contentSecurityPolicy(nonce, dev);
        request.raw.headers['content-security-policy'] = csp;
        request.raw.headers[ACTOR_HEADER] = encodeActor(isStatic ? ANONYMOUS : actor);
        for (const [name, value] of Object.entries(SECURITY_HEADERS)) reply.raw.setHeader(name, value);
        reply.raw.setHeader('content-security-policy', csp);
        reply.hijack();
        await handle(request.raw, reply.raw);
        return reply;
      },
    });
  });
  if (!dev) app.server.on('upgrade', (_request, socket) => socket.destroy());
}
