import type { FastifyRequest } from 'fastify';
import { CanvasError } from '#lib/contract/errors.ts';
import { type Actor, ANONYMOUS, LOCAL_OPERATOR } from '#lib/platform/actor.ts';
import { authenticate } from '#lib/platform/authenticate.ts';
import type { Deps } from '#lib/platform/deps.ts';
import { joinCodeOf } from '#lib/platform/registry-verbs.ts';
import type { SignIn } from '#lib/platform/sign-in.ts';
import { type GuardPolicy, guardOrigin } from './origin-guard.ts';

export interface CallerPolicy extends GuardPolicy {
  signIn: SignIn | null;
}

export function bearerOf(request: FastifyRequest): string | null {
  const header = request.headers.authorization;
  if (header === undefined) return null;
  const match = /^Bearer +(\S{1,512})$/i.exec(header);
  if (!match) throw new CanvasError('unauthenticated', 'The Authorization header must read "Bearer <token>".');
  return match[1] ?? null;
}

/**
 * Who calls. A bearer decides alone, whatever `Host` and `Origin` say, and never falls back to the operator of the
 * sign-in-free mode; without one the request must come from our own pages or a tool on this machine.
 */
export async function actorOf(deps: Deps, request: FastifyRequest, policy: CallerPolicy): Promise<Actor> {
  const bearer = bearerOf(request);
  if (bearer !== null) return joinCodeOf(bearer) === null ? authenticate(deps, bearer) : ANONYMOUS;
  guardOrigin(request.method, request.headers, policy);
  if (!policy.signIn) return LOCAL_OPERATOR;
  const person = await policy.signIn.personOf(headersOf(request));
  return person ? { kind: 'operator', id: person.id, name: person.name } : ANONYMOUS;
}

export function headersOf(request: FastifyRequest): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) {
    if (typeof value === 'string') headers.set(name, value);
    else for (const one of value ?? []) headers.append(name, one);
  }
  return headers;
}
