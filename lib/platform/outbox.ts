import { randomInt } from 'node:crypto';
import { nextAttempt } from '#lib/domain/channel-delivery.ts';
import type { ChannelNews } from '#lib/domain/channel-text.ts';
import { titleOf } from '#lib/domain/channel-text.ts';
import { channelById, type StoredChannel } from '#lib/store/channels.ts';
import { inTransaction } from '#lib/store/in-transaction.ts';
import { changeDelivery, nextDelivery, type OutboxChange, type OutboxRow, putBackSending } from '#lib/store/outbox.ts';
import { closeGone, sendToChannel } from './channel-send.ts';
import type { Deps } from './deps.ts';
import { keepTrying } from './keep-trying.ts';
import { lookAgain } from './outbox-moment.ts';
import { isNobodys } from './person.ts';

const AT_ONCE = 4;
/** The store is looked at this often whatever happens: clocks are set, and machines sleep. */
const LOOK_MS = 30_000;
const CHANCES = 1000;
const NOBODYS = 'The channel was made before people signed in, and is nobody’s now.';
const GRACE_MS = 2000;

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}

/**
 * Sends what the outbox holds: at most four messages at once, one to a channel at a time.
 *
 * States of a message, each in the store before anything follows from it: *waiting* (due at its time; nobody works on it)
 * → *sending* (an attempt is counted, and may have reached the receiver) → *sent* | *failed* (refused, or given up after a day) |
 * *waiting* again (later). When its time comes the facts are read again: *waiting* → *skipped* (with the reason), or *waiting*
 * until quiet hours end. What was *sending* when the platform was killed waits again and goes out under the same id: at
 * least once, and the receiver can tell. `#work` alone moves a message, and nobody else while the platform runs.
 */
export class Outbox {
  readonly #deps: () => Deps;
  readonly #ending = new AbortController();
  /** Channels that are being sent to, and what sends. */
  readonly #busy = new Map<string, Promise<void>>();
  #looking: Promise<void> | null = null;
  #lookAgain = false;
  #begun = false;
  #closed = false;
  #timer: { at: number; handle: ReturnType<typeof setTimeout> } | null = null;

  constructor(deps: () => Deps) {
    this.#deps = deps;
  }

  /** Before `begin`, while nothing is sent. */
  async recover(): Promise<void> {
    const { oneAtATime, store } = this.#deps();
    await oneAtATime(() => putBackSending(store.db));
  }

  begin(): void {
    this.#begun = true;
    this.look();
  }

  /** Something will be due at `at` (epoch ms): its transaction may still be under way. */
  expect(at: number): void {
    this.#lookAt(at);
  }

  /** Works on what is due. */
  look(): void {
    if (!this.#begun || this.#closed) return;
    this.#lookAgain = true;
    this.#looking ??= this.#look().finally(() => {
      this.#looking = null;
    });
  }

  /** Resolves when nothing is looked for and nothing is being sent. */
  async idle(): Promise<void> {
    while (this.#looking || this.#busy.size > 0) await Promise.all([this.#looking, ...this.#busy.values()]);
  }

  /**
   * Begins nothing more, and waits a moment for what is being sent. What takes longer is left: should it come through, it is sent once
   * more after the next start.
   */
  async close(graceMs = GRACE_MS): Promise<void> {
    this.#closed = true;
    if (this.#timer) clearTimeout(this.#timer.handle);
    if (this.#busy.size > 0 && graceMs > 0) await Promise.race([Promise.all(this.#busy.values()), pause(graceMs)]);
    this.#ending.abort();
  }

  async #look(): Promise<void> {
    const { store, now, log } = this.#deps();
    while (this.#lookAgain && !this.#closed) {
      this.#lookAgain = false;
      try {
        let next = await nextDelivery(store.db, [...this.#busy.keys()]);
        while (next && next.due_at <= now() && this.#busy.size < AT_ONCE && !this.#closed) {
          this.#start(next);
          next = await nextDelivery(store.db, [...this.#busy.keys()]);
        }
        // With no room for another, it is looked again when one is done.
        const due = this.#busy.size < AT_ONCE ? next?.due_at : undefined;
        this.#lookAt(Math.min(due ?? Number.POSITIVE_INFINITY, now() + LOOK_MS));
      } catch (error) {
        if (this.#closed) return;
        log('warn', 'the outbox could not be read', { why: String(error) });
        this.#lookAt(now() + LOOK_MS);
      }
    }
  }

  #lookAt(at: number): void {
    if (!this.#begun || this.#closed || (this.#timer && this.#timer.at <= at)) return;
    if (this.#timer) clearTimeout(this.#timer.handle);
    const wait = Math.min(Math.max(at - this.#deps().now(), 0), LOOK_MS);
    const handle = setTimeout(() => {
      this.#timer = null;
      this.look();
    }, wait);
    handle.unref();
    this.#timer = { at, handle };
  }

  #start(row: OutboxRow): void {
    const { log } = this.#deps();
    const work = this.#work(row)
      .catch((error: unknown) => {
        if (!this.#ending.signal.aborted)
          log('error', 'a message of the outbox could not be worked on', { id: row.id, why: String(error) });
        return this.#change(row, { state: 'waiting', due_at: this.#deps().now() + LOOK_MS });
      })
      .finally(() => {
        this.#busy.delete(row.channel_id);
        this.look();
      });
    this.#busy.set(row.channel_id, work);
  }

  async #work(row: OutboxRow): Promise<void> {
    const deps = this.#deps();
    const channel = await channelById(deps.store.db, row.channel_id);
    if (!channel) return this.#change(row, { state: 'skipped', ended_at: deps.now(), why: 'The channel was removed.' });
    if (isNobodys(channel.person_id, deps)) return this.#change(row, { state: 'skipped', ended_at: deps.now(), why: NOBODYS });
    const { decision, news } = await lookAgain(deps, row, channel);
    if (decision.do === 'skip') return this.#change(row, { state: 'skipped', ended_at: deps.now(), why: decision.why });
    if (decision.do === 'wait') return this.#change(row, { due_at: decision.until, why: 'It waits for the end of your quiet hours.' });
    await this.#send(row, channel, news);
  }

  async #send(row: OutboxRow, channel: StoredChannel, news: ChannelNews): Promise<void> {
    const deps = this.#deps();
    const attempts = row.attempts + 1;
    const firstAt = row.first_at ?? deps.now();
    await this.#change(row, { state: 'sending', attempts, first_at: firstAt, title: titleOf(news) });
    if (this.#closed) return this.#change(row, { state: 'waiting' });
    const outcome = await sendToChannel(deps, channel, news);
    const now = deps.now();
    const ended = { ended_at: now, why: outcome.why };
    if (outcome.state === 'sent') return this.#change(row, { state: 'sent', ...ended });
    if (outcome.state === 'refused') return this.#change(row, { state: 'failed', ...ended }, outcome.gone === true);
    const { after_ms: afterMs = 0 } = outcome;
    const due = nextAttempt({ attempts, firstAt, afterMs }, now, randomInt(CHANCES) / CHANCES);
    if (due === null) return this.#change(row, { state: 'failed', ...ended, why: `Given up after ${attempts} attempts: ${outcome.why}` });
    return this.#change(row, { state: 'waiting', due_at: due, why: outcome.why });
  }

  /** Tried until the store takes it, or the platform ends: what was sent must not be sent again for want of a row. */
  async #change(row: OutboxRow, change: OutboxChange, gone = false): Promise<void> {
    const { store, oneAtATime, now, log } = this.#deps();
    const write = () =>
      inTransaction(store, async (tx) => {
        await changeDelivery(tx, row.id, change);
        if (gone) await closeGone(tx, row.channel_id, now());
      });
    await keepTrying(
      () => oneAtATime(write),
      this.#ending.signal,
      (error) => log('warn', 'the outbox could not be written', { id: row.id, why: String(error) }),
    );
  }
}
