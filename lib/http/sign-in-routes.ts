import { isIPv4, isIPv6 } from 'node:net';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { SignIn } from '#lib/platform/sign-in.ts';
import { headersOf } from './caller.ts';
import type { LoadGuard } from './load-guard.ts';
import { type GuardPolicy, guardOrigin } from './origin-guard.ts';

/** Tells the sign-in library where a request comes from, for its rate limit. Whatever a client sends under it is overwritten. */
export const CLIENT_ADDRESS_HEADER = 'x-canvas-client-address';

/** The only ways into the sign-in library: what is not listed here is not reachable, whatever the library offers. */
const ROUTES = ['/api/auth/sign-in/email', '/api/auth/sign-out', '/api/auth/set-up'] as const;

/** Hands requests to the sign-in library and its answers back. They change something and carry a cookie: the Origin rule holds. */
export function mountSignIn(app: FastifyInstance, signIn: SignIn, policy: GuardPolicy, guard: LoadGuard): void {
  for (const url of ROUTES) {
    app.route({
      method: 'POST',
      url,
      bodyLimit: 16 * 1024,
      onRequest: guard.door('write'),
      handler: async (request, reply) => {
        guardOrigin(request.method, request.headers, policy);
        const answer = await guard.within('write', () => signIn.handle(asWebRequest(request, url, policy)));
        reply.code(answer.status);
        answer.headers.forEach((value, name) => {
          if (name !== 'set-cookie' && name !== 'content-length') reply.header(name, value);
        });
        const cookies = answer.headers.getSetCookie();
        if (cookies.length > 0) reply.header('set-cookie', cookies);
        return reply.send(Buffer.from(await answer.arrayBuffer()));
      },
    });
  }
}

function asWebRequest(request: FastifyRequest, path: string, policy: GuardPolicy): Request {
  const headers = headersOf(request);
  headers.set(CLIENT_ADDRESS_HEADER, clientAddress(request));
  headers.set('content-type', 'application/json');
  headers.delete('content-length');
  const url = new URL(path, policy.publicUrl ?? `http://${request.headers.host ?? 'localhost'}`);
  return new Request(url, { method: 'POST', headers, body: JSON.stringify(request.body ?? {}) });
}

/** The other end of the connection; when that is a proxy on this machine, what it says of its own client. */
function clientAddress(request: FastifyRequest): string {
  const peer = (request.raw.socket.remoteAddress ?? '').replace(/^::ffff:/, '');
  const { 'x-forwarded-for': forwarded } = request.headers;
  if ((peer !== '::1' && !peer.startsWith('127.')) || typeof forwarded !== 'string') return peer;
  // The last entry is the one that the proxy added; those before it are whatever the client sent.
  const last = forwarded.split(',').at(-1)?.trim() ?? '';
  return isIPv4(last) || isIPv6(last) ? last : peer;
}
