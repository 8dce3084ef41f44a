import { CanvasError } from '#lib/contract/errors.ts';
import { deeperThan, MAX_JSON_DEPTH } from '#lib/contract/json-depth.ts';
import { mayHaveBegun, type TransportCall, type TransportStream } from '#lib/ports/agent-transport.ts';
import type { Silence } from '#lib/ports/silence-watch.ts';
import type { Deps } from './deps.ts';

const MAX_ANSWER_BYTES = 2 * 1024 * 1024;
/** The history of a task holds the request that it answers. */
const MAX_ANSWER_DEPTH = 2 * MAX_JSON_DEPTH;

export interface AgentAnswer {
  status: number;
  /** Parsed JSON; null when it is none that can be read. */
  body: unknown;
  text: string;
  /** How long it took. */
  ms: number;
}

export interface AgentCall {
  method: 'GET' | 'POST';
  /** Appended to the agent's address; '' is the address itself. */
  path: string;
  /** Sent as JSON. */
  body?: unknown;
  headers?: Record<string, string>;
  /** For the whole call; null: as long as the connection lives. Such a call is sent once at the most. */
  timeoutMs: number | null;
  silence?: Silence;
  signal?: AbortSignal;
  /** More than this is refused; 2 MB when absent. */
  maxBytes?: number;
}

/**
 * One call to a workspace's agent, with its inbound secret. Any status is an answer. An address that refuses the
 * connection is forgotten and looked up once more; when it has changed, the call goes there.
 *
 * Rejects with `upstream_unreachable` (saying what was tried), `timeout` or `upstream_failed`; `mayHaveBegun` tells
 * whether the agent may have got it. Also with what `AgentAddresses.of` rejects with.
 */
export async function callAgent(deps: Deps, id: string, call: AgentCall): Promise<AgentAnswer> {
  const started = performance.now();
  const answer = await atItsAddress(deps, id, (address) => deps.transport.call(requestTo(deps, id, address, call)));
  return { ...answer, body: jsonOf(answer.text), ms: performance.now() - started };
}

/** The same for an answer that is read as it comes. */
export function openAgent(deps: Deps, id: string, call: AgentCall): Promise<TransportStream> {
  return atItsAddress(deps, id, (address) => deps.transport.open(requestTo(deps, id, address, call)));
}

async function atItsAddress<T>(deps: Deps, id: string, send: (address: URL) => Promise<T>): Promise<T> {
  const address = await deps.addresses.of(id);
  try {
    return await send(address);
  } catch (thrown) {
    if (!neverConnected(thrown)) throw thrown;
    deps.addresses.forget(id);
    const fresh = await deps.addresses.of(id).catch(() => address);
    if (fresh.href === address.href) throw withAdvice(deps, id, thrown);
    return await send(fresh).catch((again: unknown) => {
      throw neverConnected(again) ? withAdvice(deps, id, bothFailed(thrown, again)) : again;
    });
  }
}

function requestTo(deps: Deps, id: string, address: URL, call: AgentCall): TransportCall {
  const url = new URL(address);
  if (call.path !== '') url.pathname = `${url.pathname.replace(/\/+$/, '')}${call.path}`;
  return {
    url,
    method: call.method,
    headers: {
      accept: 'application/json',
      ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...call.headers,
      authorization: `Bearer ${deps.fleet.get(id).row.inbound_secret}`,
    },
    ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
    timeoutMs: call.timeoutMs,
    ...(call.signal ? { signal: call.signal } : {}),
    ...(call.silence ? { silence: call.silence } : {}),
    maxBytes: call.maxBytes ?? MAX_ANSWER_BYTES,
  };
}

function neverConnected(thrown: unknown): thrown is CanvasError {
  return thrown instanceof CanvasError && thrown.code === 'upstream_unreachable' && !mayHaveBegun(thrown);
}

function bothFailed(first: CanvasError, second: CanvasError): CanvasError {
  return new CanvasError('upstream_unreachable', `${first.message} Then, at its newer address: ${second.message}`, { begun: false });
}

function withAdvice(deps: Deps, id: string, lost: CanvasError): CanvasError {
  const advice = deps.addresses.adviceFor(id);
  return advice === '' ? lost : new CanvasError(lost.code, `${lost.message}${advice}`, lost.details);
}

/** Null when it is no JSON, or nests so deep that nothing could be done with it. */
export function jsonOf(text: string): unknown {
  if (deeperThan(text, MAX_ANSWER_DEPTH)) return null;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
