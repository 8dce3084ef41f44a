import type { Socket } from 'node:net';
import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import type { FastifyReply, FastifyRequest, onRequestHookHandler } from 'fastify';
import { CanvasError } from '#lib/contract/errors.ts';
import type { Log } from '#lib/platform/deps.ts';
import { API_HEADERS } from './security-headers.ts';

/** What may be put off when there is too much; health routes and files are in no class and never shed. */
export type LoadClass = 'beat' | 'read' | 'write' | 'message' | 'page';

const WINDOW_MS = 250;
/** A loop that comes round later than this, for this many windows in a row, has more than it can take. */
const PRESSED_ABOVE_MS = 70;
const PRESSED_AFTER = 2;
const CALM_BELOW_MS = 30;
/** Fewer requests than this in a window are not why the loop is late (a first page, a collection of garbage are): shedding would not help. */
const MANY = 100;
/** While pressed, this many of a turn are taken however long they take. */
const ALWAYS_TAKEN = 5;
/** While pressed: how long one turn of the loop works before it sheds the rest of that class. Pages have their own cap. */
const TURN_MS: Record<LoadClass, number> = { beat: 5, read: 5, write: 20, message: 20, page: Number.POSITIVE_INFINITY };
/** How many of a class may be under way (waiting for the store, for an agent, rendering) before more are refused. */
const UNDER_WAY: Record<LoadClass, number> = { beat: 2000, read: 200, write: 200, message: 2000, page: 24 };
/** A connection that was shed is not read from for this long, or up to twice as long: all at once would be the next flood. */
const REST_MS = 250;
const RESOLUTION_MS = 10;
const LOOK_EVERY = 256;

const SHED_BODY = JSON.stringify({
  error: 'Canvas has more to do than it can take right now. Nothing was lost; try again in a second.',
  code: 'overloaded',
});
const SHED_HEADERS = {
  ...API_HEADERS,
  'retry-after': '1',
  'content-type': 'application/json; charset=utf-8',
  'content-length': String(Buffer.byteLength(SHED_BODY)),
};

/**
 * Keeps the loop free for what must always answer.
 *
 * - `calm`: everything is taken. Ends when the loop came round late for half a second on end, with many requests.
 * - `pressed`: each turn of the loop works for a while and answers the rest with 503 at once; a connection that got one is
 *   left alone for a moment, so that whoever does not wait is made to. Ends when the loop was in time for half a second
 *   without any of that.
 *
 * `#enter` alone changes the state.
 */
export class LoadGuard {
  readonly #log: Log;
  readonly #delay: IntervalHistogram;
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #underWay: Record<LoadClass, number> = { beat: 0, read: 0, write: 0, message: 0, page: 0 };
  readonly #resting = new WeakSet<Socket>();
  #state: 'calm' | 'pressed' = 'calm';
  #windows = 0;
  #turnBegan = 0;
  #shed = 0;
  #shedLately = 0;
  #arrived = 0;
  #lookedAt = performance.now();
  #taken = 0;

  constructor(log: Log) {
    this.#log = log;
    this.#delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
    this.#delay.enable();
    this.#timer = setInterval(() => this.#look(), WINDOW_MS);
    this.#timer.unref();
  }

  get pressed(): boolean {
    return this.#state === 'pressed';
  }

  /** Counts a request that comes another way than through a door. */
  arrived(): void {
    this.#arrived += 1;
    // With a thousand sockets ready the loop reads for seconds before it comes to a timer: then the requests look themselves.
    if (this.#arrived % LOOK_EVERY === 0 && performance.now() - this.#lookedAt > 2 * WINDOW_MS) this.#look();
  }

  close(): void {
    clearInterval(this.#timer);
    this.#delay.disable();
  }

  /** First thing of a route: answers 503 by itself, before any work, when this turn has no time left for the class. */
  door(kind: LoadClass): onRequestHookHandler {
    return (request, reply, done) => {
      this.arrived();
      if (this.#state === 'pressed' && this.#turnIsSpent(kind)) this.#refuse(request, reply);
      else done();
    };
  }

  /**
   * Counts work that takes more than this turn. `later` is answered with 503 when too much is under way; what it does by
   * then is not undone, only not waited for.
   */
  async within<T>(kind: LoadClass, later: () => T | Promise<T>): Promise<T> {
    if (this.#underWay[kind] >= UNDER_WAY[kind]) {
      this.#shed += 1;
      throw new CanvasError('overloaded', `More than ${UNDER_WAY[kind]} requests of this kind are waiting already. Try again in a second.`);
    }
    this.#underWay[kind] += 1;
    try {
      return await later();
    } finally {
      this.#underWay[kind] -= 1;
    }
  }

  #turnIsSpent(kind: LoadClass): boolean {
    const now = performance.now();
    if (this.#turnBegan === 0) {
      this.#turnBegan = now;
      this.#taken = 0;
      setImmediate(() => {
        this.#turnBegan = 0;
      });
    }
    if (this.#taken >= ALWAYS_TAKEN && now - this.#turnBegan > TURN_MS[kind]) return true;
    this.#taken += 1;
    return false;
  }

  #refuse(request: FastifyRequest, reply: FastifyReply): void {
    this.#shed += 1;
    this.#shedLately += 1;
    reply.hijack();
    const { socket } = request.raw;
    reply.raw.writeHead(503, SHED_HEADERS);
    reply.raw.end(SHED_BODY);
    // What it sent in one piece with this is answered the same way; one rest is enough.
    if (this.#resting.has(socket)) return;
    this.#resting.add(socket);
    // Node throws the unread body away and resumes the socket for that: earlier, the pause would be undone. Later (in a
    // setImmediate) is too late: with a thousand sockets ready the loop reads them again and again before it comes to it.
    if (request.raw.readableEnded) socket.pause();
    else request.raw.once('end', () => socket.pause());
    setTimeout(
      () => {
        this.#resting.delete(socket);
        socket.resume();
      },
      REST_MS * (1 + Math.random()),
    );
  }

  #look(): void {
    this.#lookedAt = performance.now();
    const late = Number.isNaN(this.#delay.mean) ? WINDOW_MS : this.#delay.mean / 1e6 - RESOLUTION_MS;
    this.#delay.reset();
    // As long as something is shed the loop is in time only because of it.
    const leaving =
      this.#state === 'calm' ? late > PRESSED_ABOVE_MS && this.#arrived > MANY : late < CALM_BELOW_MS && this.#shedLately === 0;
    this.#shedLately = 0;
    this.#arrived = 0;
    this.#windows = leaving ? this.#windows + 1 : 0;
    if (this.#windows >= PRESSED_AFTER) this.#enter(this.#state === 'calm' ? 'pressed' : 'calm', late);
  }

  #enter(state: 'calm' | 'pressed', late: number): void {
    this.#state = state;
    this.#windows = 0;
    if (state === 'pressed')
      this.#log('warn', 'more requests arrive than can be taken; some are answered with 503', { loop_late_ms: Math.round(late) });
    else this.#log('info', 'requests can be taken again', { answered_with_503: this.#shed });
    if (state === 'calm') this.#shed = 0;
  }
}

/** Its client hung up: whatever is done for it now reaches nobody. */
export function clientIsGone({ raw }: FastifyRequest): boolean {
  return raw.socket.destroyed || raw.socket.writableEnded;
}
