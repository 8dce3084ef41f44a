import type { ServerResponse } from 'node:http';
import { PING_EVERY_MS, REPLAY_LIMIT, type StreamFrames } from '#lib/contract/stream.ts';
import type { Deps } from '#lib/platform/deps.ts';
import type { FeedItem } from '#lib/platform/live-feed.ts';
import { latestPatches, replayAfter } from '#lib/platform/replay.ts';

/** Bytes waiting in one reader's socket above which live facts are held back for it: the latest wins when it drains. */
const HELD_BACK_ABOVE = 256 * 1024;
const ASK_AGAIN_ROUNDS = 4;
/** Frames kept for a reader while it is told what it missed; one that needs longer starts again. */
const WAITING_FRAMES = 1000;

interface Reader {
  response: ServerResponse;
  /** Ledger rows up to here were sent by the replay; live ones at or below it are skipped. */
  sentSeq: number;
  /** Frames that arrived while the replay was read; null when live. */
  waiting: FeedItem[] | null;
  /** Workspaces whose newest facts it still gets when it drains; null when it keeps up. */
  owed: Set<string> | null;
  /** It missed ledger rows while it was slow: it gets a `reset`. */
  missedLedger: boolean;
  /** Whether its person may still read: a session can end while the stream is open. */
  stillAllowed: () => Promise<boolean>;
}

/**
 * One hub for all readers: each frame is made once and its bytes are shared. A reader that does not keep up is held
 * back, not queued for: memory stays bounded whatever a reader does.
 */
export class EventStream {
  readonly #deps: Deps;
  readonly #readers = new Set<Reader>();
  readonly #build: string;
  readonly #unsubscribe: () => void;
  readonly #pings: ReturnType<typeof setInterval>;
  #rounds = 0;

  constructor(deps: Deps, build: string, pingEveryMs = PING_EVERY_MS) {
    this.#deps = deps;
    this.#build = build;
    this.#unsubscribe = deps.feed.subscribe((item) => this.#hand(item));
    this.#pings = setInterval(() => this.#ping(), pingEveryMs);
  }

  get readers(): number {
    return this.#readers.size;
  }

  /** Bytes that each reader's connection still holds. */
  waitingBytes(): number[] {
    return Array.from(this.#readers, ({ response }) => response.writableLength);
  }

  /** Takes a response over until its reader leaves. `lastEventId`: `epoch:seq` of the last ledger frame it saw. */
  async open(response: ServerResponse, lastEventId: string | null, stillAllowed: () => Promise<boolean>): Promise<void> {
    const reader: Reader = { response, sentSeq: 0, waiting: [], owed: null, missedLedger: false, stillAllowed };
    this.#readers.add(reader);
    response.once('close', () => this.#readers.delete(reader));
    response.on('drain', () => this.#drained(reader));
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
    });
    const { ledgerEpoch: epoch, feed } = this.#deps;
    const start = feed.newestSeq;
    response.write(frame('hello', null, { epoch, seq: start, now: this.#deps.now(), build: this.#build }));
    reader.sentSeq = start;
    try {
      if (lastEventId !== null) await this.#replay(reader, lastEventId);
    } catch (thrown) {
      // Its reader comes again by itself, from where it stood.
      this.#deps.log('warn', 'a reader could not be told what it missed', { why: String(thrown) });
      response.end();
      return;
    }
    const waiting = reader.waiting ?? [];
    reader.waiting = null;
    if (reader.missedLedger) this.#reset(reader, 'slow_reader');
    for (const item of waiting) this.#give(reader, item, null);
  }

  close(): void {
    this.#unsubscribe();
    clearInterval(this.#pings);
    for (const reader of this.#readers) reader.response.end();
  }

  /** What it missed, no faster than it reads. */
  async #replay(reader: Reader, lastEventId: string): Promise<void> {
    const { response } = reader;
    const replay = await replayAfter(this.#deps, lastEventId, REPLAY_LIMIT);
    if (!replay.ok) return this.#reset(reader, replay.why);
    for (const item of replay.items) {
      if (response.closed) return;
      if (!response.write(this.#bytesOf(item)) && response.writableLength > HELD_BACK_ABOVE) await drainedOrClosed(response);
    }
    reader.sentSeq = replay.upTo;
  }

  #reset(reader: Reader, why: StreamFrames['reset']['why']): void {
    const { ledgerEpoch, feed } = this.#deps;
    reader.sentSeq = feed.newestSeq;
    reader.missedLedger = false;
    reader.response.write(frame('reset', `${ledgerEpoch}:${feed.newestSeq}`, { why, seq: feed.newestSeq, now: this.#deps.now() }));
  }

  #hand(item: FeedItem): void {
    if (this.#readers.size === 0) return;
    const bytes = this.#bytesOf(item);
    for (const reader of this.#readers) {
      if (!reader.waiting) this.#give(reader, item, bytes);
      else if (reader.waiting.length < WAITING_FRAMES) reader.waiting.push(item);
      else reader.missedLedger = true;
    }
  }

  #give(reader: Reader, item: FeedItem, bytes: Buffer | null): void {
    if (item.kind === 'ledger' && item.event.seq <= reader.sentSeq) return;
    if (reader.owed === null && reader.response.writableLength > HELD_BACK_ABOVE) reader.owed = new Set();
    if (reader.owed === null) {
      reader.response.write(bytes ?? this.#bytesOf(item));
      if (item.kind === 'ledger') reader.sentSeq = item.event.seq;
      return;
    }
    if (item.kind === 'ledger') reader.missedLedger = true;
    else for (const patch of item.items) reader.owed.add(patch.id);
  }

  #drained(reader: Reader): void {
    if (reader.owed === null) return;
    const { owed, missedLedger } = reader;
    reader.owed = null;
    if (missedLedger) this.#reset(reader, 'slow_reader');
    else if (owed.size > 0) reader.response.write(frame('beats', null, { now: this.#deps.now(), items: latestPatches(this.#deps, owed) }));
  }

  #bytesOf(item: FeedItem): Buffer {
    const now = this.#deps.now();
    if (item.kind === 'beats') return frame('beats', null, { now, items: item.items });
    return frame('ledger', `${this.#deps.ledgerEpoch}:${item.event.seq}`, { event: item.event, workspace: item.workspace, now });
  }

  /** Every 15 s. Once a minute whoever may not read any more is shown out; a store that does not answer shows nobody out. */
  #ping(): void {
    const bytes = Buffer.from(`: ping ${this.#deps.now()}\n\n`);
    const asks = this.#rounds % ASK_AGAIN_ROUNDS === ASK_AGAIN_ROUNDS - 1;
    this.#rounds += 1;
    for (const { response, waiting, stillAllowed } of this.#readers) {
      if (!waiting && response.writableLength === 0) response.write(bytes);
      if (asks) {
        stillAllowed().then(
          (allowed) => allowed || response.end(),
          () => undefined,
        );
      }
    }
  }
}

/** Resolves when its buffer is empty again, or its reader gone. */
function drainedOrClosed(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off('drain', done);
      response.off('close', done);
      resolve();
    };
    response.once('drain', done);
    response.once('close', done);
  });
}

/** One SSE frame. JSON has no line breaks of its own, so one `data:` line holds it. */
function frame<K extends keyof StreamFrames>(name: K, id: string | null, data: StreamFrames[K]): Buffer {
  return Buffer.from(`event: ${name}\n${id === null ? '' : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`);
}
