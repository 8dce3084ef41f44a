import { CanvasError, JSON_RPC_CODE } from '#lib/contract/errors.ts';
import { ASKER_LEFT, type QueuedAnswer } from '#lib/contract/messages.ts';
import { answerTo, endedAnswer, rpcError } from './a2a-answer.ts';
import type { Accepted } from './delivery.ts';
import type { QueuedEntry, StreamListener } from './delivery-box.ts';
import { waitForEnd } from './delivery-callers.ts';
import { QUEUE } from './delivery-pump.ts';
import type { Deps } from './deps.ts';
import type { EventSink } from './event-sink.ts';

/** Pings keep the connection: a caller who follows a stream waits as long as it lives. The longest that a timer takes. */
const AS_LONG_AS_IT_TAKES = 2 ** 31 - 1;

type RpcId = string | number | null;

/** Passes the agent's events on, under the caller's own id. */
export class EventsOn implements StreamListener {
  wasWhole = false;
  readonly #sink: EventSink;
  readonly #id: RpcId;

  constructor(sink: EventSink, id: RpcId) {
    this.#sink = sink;
    this.#id = id;
  }

  event(event: Record<string, unknown>): Promise<void> {
    return this.#sink.send(answerTo(this.#id, event));
  }

  isWhole(): void {
    this.wasWhole = true;
  }
}

/** Hears the beginning of a task, for a caller who does not wait for its end. */
export class FirstEvent implements StreamListener {
  #hear: (event: Record<string, unknown>) => void = () => {};
  readonly first = new Promise<Record<string, unknown>>((resolve) => {
    this.#hear = resolve;
  });

  async event(event: Record<string, unknown>): Promise<void> {
    this.#hear(event);
  }

  isWhole(): void {}
}

interface Streamed {
  accepted: Accepted;
  events: EventsOn;
  sink: EventSink;
  rpcId: RpcId;
  waitMs: number | null;
}

/**
 * The rest of an answer that was asked for as a stream: events as they come when the attempt streams to this caller, else
 * the answer as one event once it is there. Null: the whole of it was sent. A caller that leaves a stream of its own
 * ends the task, unless somebody else waits for it.
 */
export async function streamAnswer(deps: Deps, { accepted, events, sink, rpcId, waitMs }: Streamed): Promise<QueuedAnswer | null> {
  if ('ended' in accepted) {
    await sink.send(endedAnswer(rpcId, accepted.ended));
    return null;
  }
  const { entry, isHeard } = accepted;
  if (!isHeard && entry.state !== 'delivering' && (waitMs === null || waitMs === 0)) return queuedAnswer(deps, entry);
  sink.open();
  const end = await waitForEnd(entry, {
    waitMs: isHeard && waitMs === 0 ? null : waitMs,
    unsaidMs: AS_LONG_AS_IT_TAKES,
    signal: sink.gone,
  });
  if (sink.gone.aborted) {
    // Nobody waits for it, and nobody was told that it is kept.
    if (isHeard && entry.callers.size === 0 && entry.isSoft) void deps.delivery.giveUp(entry.id, ASKER_LEFT, QUEUE).catch(() => {});
    return null;
  }
  if (end === null) await deps.delivery.secure(entry);
  if (end === null)
    await sink.send(rpcError(rpcId, JSON_RPC_CODE.interrupted, laterText(entry), { code: 'interrupted', queue_id: entry.id }));
  else if (end.kind === 'ended') await sink.send(endedAnswer(rpcId, { ...end, answer: null }));
  else if (!events.wasWhole) await sink.send(answerTo(rpcId, end.answer));
  return null;
}

/** Word that a message is kept, once it is so for good. */
export async function queuedAnswer(deps: Deps, entry: QueuedEntry): Promise<QueuedAnswer> {
  await deps.delivery.secure(entry);
  const { id, workspace_id } = entry;
  return { queued: true, queue_id: id, queue_depth: deps.delivery.waiting(workspace_id) };
}

/** A stream needs somebody who takes it: only HTTP gives one. */
export function sinkOf(sink: EventSink | undefined): EventSink {
  if (sink) return sink;
  throw new CanvasError('bad_request', 'A stream cannot be answered here. Use message/send, or SendMessage.');
}

function laterText({ id, workspace_id }: QueuedEntry): string {
  return `The stream ends before its answer: the message is kept, and delivered again as soon as that can be. Its answer will be at GET /workspaces/${workspace_id}/a2a/queue/${id}.`;
}
