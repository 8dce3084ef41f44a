import type { FastifyReply, FastifyRequest } from 'fastify';
import { CanvasError } from '#lib/contract/errors.ts';
import type { Actor } from '#lib/platform/actor.ts';
import type { Deps } from '#lib/platform/deps.ts';
import { actorOf, type CallerPolicy } from './caller.ts';

/** One request as a handler sees it: who asks, and with what. */
export interface Call {
  deps: Deps;
  actor: Actor;
  params: Record<string, string>;
  query: Record<string, string>;
  body: Record<string, unknown>;
  request: FastifyRequest;
  reply: FastifyReply;
}

export async function callOf(deps: Deps, policy: CallerPolicy, request: FastifyRequest, reply: FastifyReply): Promise<Call> {
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
