import { createParser } from 'eventsource-parser';
import type { StreamFrame } from '#lib/contract/stream.ts';
import { PING_EVERY_MS } from '#lib/contract/stream.ts';

/**
 * One connection to GET /events, for as long as it is wanted.
 *
 * - `connecting`  a new request is out, an older one was given up, no byte has come. Ends with the first byte (→ live), or
 *                 a failure or silence (→ waiting).
 * - `live`        bytes arrive; the newest is at most SILENCE_MS old. Ends with an error, the end of the body or silence (→ waiting).
 * - `waiting`     nothing is open; a timer leads to connecting, sooner when `wake` is called. From the FAILURES_UNTIL_POLLING-th
 *                 failure in a row on, `poll` is called every POLL_EVERY_MS as well, until a stream is live again.
 * - `closed`      `close` was called, or the platform refused this person (→ `onRefused`). Final.
 *
 * `enter` alone changes the state.
 */
type State = 'connecting' | 'live' | 'waiting' | 'closed';

/** What a person is told: `polling` is a slower kind of live, and only said while polls are answered. */
export type LiveMark = 'live' | 'reconnecting' | 'polling';

export const SILENCE_MS = 40_000;
export const POLL_EVERY_MS = 5_000;
/** Shorter than silence: a new request over a connection that died unnoticed is never answered. */
const CONNECT_MS = 10_000;
const FAILURES_UNTIL_POLLING = 4;
const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 15_000;
/** After a sleep, a byte older than this is reason enough to ask again at once. */
const STALE_AFTER_MS = PING_EVERY_MS + 5_000;

export interface EventStreamOptions {
  url: string;
  /** Where to resume: `epoch:seq`, or null for "from now". Asked at every connect. */
  position(): string | null;
  onFrame(frame: StreamFrame): void;
  onMark(mark: LiveMark): void;
  /** A sign of life that is not a frame. */
  onPing?(): void;
  /** Fetches everything; rejects when that fails too. */
  poll(): Promise<unknown>;
  /** 401 or 403: this person may not read the stream (any more). */
  onRefused(status: number): void;
  /** For tests: shortens every wait by this factor. */
  pace?: number;
}

export interface EventStream {
  /** Called when the page comes back (visible, online, resumed): checks the connection's age and mends it at once. */
  wake(): void;
  close(): void;
}

const FRAME_NAMES: Record<StreamFrame['name'], true> = { hello: true, reset: true, ledger: true, beats: true };

export function openEventStream(options: EventStreamOptions): EventStream {
  const pace = options.pace ?? 1;
  let state: State = 'waiting';
  let failures = 0;
  let lastByteAt = 0;
  let request: AbortController | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let poll: ReturnType<typeof setInterval> | undefined;
  let polled = false;

  function enter(next: State): void {
    clearTimeout(timer);
    if (next !== 'live') {
      request?.abort();
      request = null;
    }
    state = next;
    if (next === 'connecting') {
      lastByteAt = Date.now();
      request = new AbortController();
      void run(request);
      watchSilence();
    } else if (next === 'live') {
      failures = 0;
      clearInterval(poll);
      poll = undefined;
      polled = false;
      watchSilence();
      options.onMark('live');
    } else if (next === 'waiting') {
      const wait = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(failures, 10)) * (0.5 + Math.random() / 2);
      failures += 1;
      if (failures >= FAILURES_UNTIL_POLLING && poll === undefined) {
        pollOnce();
        poll = setInterval(pollOnce, POLL_EVERY_MS * pace);
      }
      options.onMark(polled ? 'polling' : 'reconnecting');
      timer = setTimeout(() => enter('connecting'), wait * pace);
    } else {
      clearInterval(poll);
      poll = undefined;
    }
  }

  function watchSilence(): void {
    clearTimeout(timer);
    const longest = (state === 'live' ? SILENCE_MS : CONNECT_MS) * pace;
    const left = lastByteAt + longest - Date.now();
    timer = setTimeout(() => (Date.now() - lastByteAt >= longest ? enter('waiting') : watchSilence()), Math.max(left, 0));
  }

  function pollOnce(): void {
    const say = (answered: boolean) => {
      if (poll === undefined || answered === polled) return;
      polled = answered;
      options.onMark(answered ? 'polling' : 'reconnecting');
    };
    options.poll().then(
      () => say(true),
      () => say(false),
    );
  }

  async function run(mine: AbortController): Promise<void> {
    const current = () => request === mine;
    try {
      const from = options.position();
      const headers: Record<string, string> = { accept: 'text/event-stream' };
      if (from !== null) headers['last-event-id'] = from;
      const response = await fetch(options.url, { headers, cache: 'no-store', signal: mine.signal });
      if (response.status === 401 || response.status === 403) {
        await response.body?.cancel();
        if (!current()) return;
        enter('closed');
        options.onRefused(response.status);
        return;
      }
      if (!response.ok || response.body === null) throw new Error(`GET ${options.url} answered ${response.status}`);
      const parser = createParser({
        onEvent: (event) => {
          if (!current() || event.event === undefined || !(event.event in FRAME_NAMES)) return;
          options.onFrame({ name: event.event, id: event.id ?? null, data: JSON.parse(event.data) } as StreamFrame);
        },
      });
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (!current()) return;
        if (done) break;
        lastByteAt = Date.now();
        if (state === 'connecting') enter('live');
        options.onPing?.();
        parser.feed(value);
      }
    } catch {
      // Whatever broke the connection, the answer is the same: wait, then ask again from the last position.
    }
    if (current()) enter('waiting');
  }

  enter('connecting');
  return {
    wake() {
      const stale = Date.now() - lastByteAt > STALE_AFTER_MS * pace;
      if (state === 'waiting' || (state !== 'closed' && stale)) enter('connecting');
    },
    close: () => enter('closed'),
  };
}
