import type { ServerResponse } from 'node:http';
import { PING_EVERY_MS, REPLAY_LIMIT, type StreamFrames } from '#lib/contract/stream.ts';
import type { Deps } from '#lib/platform/deps.ts';
import type { FeedItem } from '#lib/platform/live-feed.ts';
import { latestPatches, replayAfter } from '#lib/platform/replay.ts';

/** Bytes waiting in one reader's socket above which live facts are held back for it: the latest wins when it drains. */
const HELD_BACK_ABOVE = 256 * 1024;
const ASK_AGAIN_ROUNDS = 4;

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

  constructor(deps: Deps, build: string) {
    this.#deps = deps;
    this.#build = build;
    this.#unsubscribe = deps.feed.subscribe((item) => this.#hand(item));
    this.#pings = setInterval(() => this.#ping(), PING_EVERY_MS);
  }

  get readers(): number {
    return this.#readers.size;
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
    if (lastEventId !== null) {
      const replay = await replayAfter(this.#deps, lastEventId, REPLAY_LIMIT);
      if (response.closed) return;
      if (replay.ok) for (const item of replay.items) response.write(this.#bytesOf(item));
      else response.write(frame('reset', `${epoch}:${start}`, { why: replay.why, seq: start, now: this.#deps.now() }));
      reader.sentSeq = replay.ok ? replay.upTo : start;
    }
    const waiting = reader.waiting ?? [];
    reader.waiting = null;
    for (const item of waiting) this.#give(reader, item, null);
  }

  close(): void {
    this.#unsubscribe();
    clearInterval(this.#pings);
    for (const reader of this.#readers) reader.response.end();
  }

  #hand(item: FeedItem): void {
    if (this.#readers.size === 0) return;
    const bytes = this.#bytesOf(item);
    for (const reader of this.#readers) {
      if (reader.waiting) reader.waiting.push(item);
      else this.#give(reader, item, bytes);
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
    reader.missedLedger = false;
    const { ledgerEpoch: epoch, feed } = this.#deps;
    const now = this.#deps.now();
    if (missedLedger) {
      reader.sentSeq = feed.newestSeq;
      reader.response.write(frame('reset', `${epoch}:${feed.newestSeq}`, { why: 'slow_reader', seq: feed.newestSeq, now }));
    } else if (owed.size > 0) {
      reader.response.write(frame('beats', null, { now, items: latestPatches(this.#deps, owed) }));
    }
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

/** One SSE frame. JSON has no line breaks of its own, so one `data:` line holds it. */
function frame<K extends keyof StreamFrames>(name: K, id: string | null, data: StreamFrames[K]): Buffer {
  return Buffer.from(`event: ${name}\n${id === null ? '' : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`);
}
