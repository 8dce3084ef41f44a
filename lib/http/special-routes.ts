import type { FastifyReply, FastifyRequest } from 'fastify';
import { CanvasError, errorCodeOf } from '#lib/contract/errors.ts';
import { receiveBeat } from '#lib/platform/receive-beat.ts';
import type { BeatLane } from './beat-lane.ts';
import { callOf } from './call.ts';
import { actorOf, bearerOf } from './caller.ts';
import type { EventStream } from './event-stream.ts';
import { newestEvents, type SpecialEndpoint } from './handlers.ts';
import { clientIsGone, type LoadGuard } from './load-guard.ts';
import { API_HEADERS } from './security-headers.ts';
import type { ServerOptions } from './server-options.ts';

const MAX_STREAMS = 2000;

type Special = (request: FastifyRequest, reply: FastifyReply) => unknown;

/** Routes that do not fit the one shape: answered before it is known who calls, or taking the reply over. */
export function specialRoutes(
  { deps, policy, build, ready }: ServerOptions,
  stream: EventStream,
  guard: LoadGuard,
  lane: BeatLane,
): Record<SpecialEndpoint, Special> {
  const alive: Special = () => ({ status: 'ok' });
  return {
    heartbeat: (request, reply) => {
      if (clientIsGone(request)) return reply.hijack();
      const early = lane.outcomeOf(request.raw);
      if (early?.refused !== undefined) throw early.refused;
      const answer = early?.answer ?? receiveBeat(deps, bearerOf(request), request.body);
      return answer instanceof Promise ? guard.within('beat', () => answer) : answer;
    },
    healthz: alive,
    health: alive,
    readyz: async () => {
      await ready().catch((error: unknown) => {
        deps.log('warn', 'the store does not answer', { why: String(error) });
        const why = errorCodeOf(error) === 'unavailable' ? (error as Error).message : 'The store does not answer.';
        throw new CanvasError('unavailable', `${why} The platform keeps what it holds meanwhile.`);
      });
      return { status: 'ready' };
    },
    buildInfo: () => ({ ...build, node: process.version }),
    events: async (request, reply) => {
      const call = await callOf(deps, policy, request, reply);
      if (!(request.headers.accept ?? '').includes('text/event-stream')) return newestEvents(call);
      if (call.actor.kind === 'anonymous') throw new CanvasError('unauthenticated', 'The stream is for signed-in operators.');
      if (call.actor.kind !== 'operator')
        throw new CanvasError('forbidden', 'The stream is for operators; a workspace reads its own activity.');
      if (stream.readers >= MAX_STREAMS)
        throw new CanvasError('overloaded', `${MAX_STREAMS} readers are on the stream already; try again later.`);
      if (clientIsGone(request)) return reply.hijack();
      reply.hijack();
      for (const [name, value] of Object.entries(API_HEADERS)) reply.raw.setHeader(name, value);
      const { 'last-event-id': header } = request.headers;
      const position = typeof header === 'string' && header !== '' ? header : (call.query['last_event_id'] ?? null);
      await stream.open(reply.raw, position, async () => (await actorOf(deps, request, policy)).kind === 'operator');
      return reply;
    },
  };
}
