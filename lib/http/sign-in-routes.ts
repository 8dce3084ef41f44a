import { isIPv4, isIPv6 } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CanvasError } from '#lib/contract/errors.ts';
import { type SignedInAnswer, setUpSchema, signInSchema } from '#lib/contract/sign-in.ts';
import type { BegunSession, SignIn } from '#lib/platform/sign-in.ts';
import { parseInput } from '#lib/platform/verb.ts';
import { headersOf } from './caller.ts';
import type { SignInEndpoint } from './handlers.ts';
import { guardOrigin } from './origin-guard.ts';
import type { ServerOptions } from './server-options.ts';

type Route = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;

/** Sessions begin and end here. These calls set or spend a cookie, so the Host and Origin rules hold for all of them. */
export function signInRoutes({ policy, deps }: ServerOptions): Record<SignInEndpoint, Route> {
  const ready = (request: FastifyRequest): SignIn => {
    guardOrigin(request.method, request.headers, policy);
    if (policy.signIn) return policy.signIn;
    throw new CanvasError('not_found', 'This Canvas answers this machine only and needs no sign-in.');
  };
  const begun = (reply: FastifyReply, { person, cookies }: BegunSession, how: string): SignedInAnswer => {
    deps.log('info', how, { person_id: person.id });
    reply.header('set-cookie', cookies);
    return { name: person.name };
  };
  return {
    signIn: async (request, reply) => {
      const session = await ready(request).signIn(parseInput(signInSchema, request.body ?? {}), headersOf(request), clientAddress(request));
      return begun(reply, session, 'somebody signed in');
    },
    setUp: async (request, reply) => {
      const session = await ready(request).setUp(parseInput(setUpSchema, request.body ?? {}), headersOf(request), clientAddress(request));
      return begun(reply, session, 'the first account was made');
    },
    signOut: async (request, reply) => {
      reply.header('set-cookie', await ready(request).signOut(headersOf(request)));
      return { status: 'signed out' };
    },
  };
}

/** Where attempts are counted: the other end of the connection; when that is a proxy on this machine, what it says of its client. */
export function clientAddress({ raw }: Pick<FastifyRequest, 'raw'>): string {
  const peer = (raw.socket.remoteAddress ?? '').replace(/^::ffff:/, '');
  const { 'x-forwarded-for': forwarded } = raw.headers;
  if ((peer !== '::1' && !peer.startsWith('127.')) || typeof forwarded !== 'string') return peer;
  // The last entry is the one that the proxy added; those before it are whatever the client sent.
  const last = forwarded.split(',').at(-1)?.trim() ?? '';
  return isIPv4(last) || isIPv6(last) ? last : peer;
}
