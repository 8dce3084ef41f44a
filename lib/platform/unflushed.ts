import { MINUTE_MS, minutesOfHour } from '#lib/domain/history-ring.ts';
import { rollUp } from '#lib/domain/roll-up.ts';
import { touchApiTokens } from '#lib/store/api-tokens.ts';
import { type HourRow, type MinutesRow, saveHours, saveMinutes } from '#lib/store/history.ts';
import { inSoftTransaction } from '#lib/store/in-transaction.ts';
import type { Store } from '#lib/store/store.ts';
import { touchTokens } from '#lib/store/tokens.ts';
import { saveFacts } from '#lib/store/workspace-facts.ts';
import type { BookedApiToken } from './api-token-book.ts';
import type { Log } from './deps.ts';
import type { LiveWorkspace } from './fleet.ts';
import type { BookedToken } from './token-book.ts';

const EVERY_MS = 250;
const BATCH = 200;
const HOUR_MINUTES = 60;
/** "Last used" of a token is for people: once a minute is exact enough. */
const TOKEN_USE_MS = 60_000;

export interface UnflushedDeps {
  store: Store;
  oneAtATime: <T>(work: () => Promise<T>) => Promise<T>;
  all: () => Iterable<LiveWorkspace>;
  isKnown: (live: LiveWorkspace) => boolean;
  now: () => number;
  log: Log;
}

/**
 * What beats changed in memory and the store does not know yet: facts and minutes of history. Flushed at most 250 ms
 * after the first change, in batches of 200 so that no transaction holds the loop for long, by this one flusher, and in
 * soft transactions: nobody was promised these, and a flush would otherwise hold every beat while the disk works. When
 * the store refuses, what was taken goes back and the next flush tries again. When an hour ends, each workspace's
 * finished hour is written and rolled up.
 */
export class Unflushed {
  readonly #deps: UnflushedDeps;
  #changed = new Set<LiveWorkspace>();
  #rolling = new Set<LiveWorkspace>();
  #uses = new Map<string, number>();
  #apiUses = new Map<string, number>();
  #hour: number;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #flushing: Promise<void> | null = null;
  #closed = false;

  constructor(deps: UnflushedDeps) {
    this.#deps = deps;
    this.#hour = hourOf(deps.now());
  }

  mark(live: LiveWorkspace): void {
    this.#changed.add(live);
    this.#schedule();
  }

  used(token: BookedToken, now: number): void {
    if (token.last_used_at !== null && now - token.last_used_at < TOKEN_USE_MS) return;
    token.last_used_at = now;
    this.#uses.set(token.id, now);
    this.#schedule();
  }

  /** The same for a person's API token. */
  usedApiToken(token: BookedApiToken, now: number): void {
    if (token.last_used_at !== null && now - token.last_used_at < TOKEN_USE_MS) return;
    token.last_used_at = now;
    this.#apiUses.set(token.id, now);
    this.#schedule();
  }

  /** Called by the clock each second: begins the roll-up when an hour has ended. */
  tick(): void {
    const hour = hourOf(this.#deps.now());
    if (hour === this.#hour) return;
    this.#hour = hour;
    for (const live of this.#deps.all()) this.#rolling.add(live);
    this.#schedule();
  }

  /** Flushes what is left and stops. */
  async close(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    await this.#flushing;
    await this.#flush();
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #schedule(): void {
    if (this.#timer !== null || this.#flushing !== null || this.#closed) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#flushing = this.#flush().finally(() => {
        this.#flushing = null;
        if (this.#changed.size + this.#rolling.size + this.#uses.size + this.#apiUses.size > 0) this.#schedule();
      });
    }, EVERY_MS);
  }

  async #flush(): Promise<void> {
    const uses = this.#uses;
    const apiUses = this.#apiUses;
    const changed = [...this.#changed].filter(this.#deps.isKnown);
    const rolling = [...this.#rolling].filter(this.#deps.isKnown);
    this.#uses = new Map();
    this.#apiUses = new Map();
    this.#changed = new Set();
    this.#rolling = new Set();
    try {
      for (let from = 0; from < changed.length; from += BATCH) await this.#save(changed.slice(from, from + BATCH));
      for (let from = 0; from < rolling.length; from += BATCH) await this.#roll(rolling.slice(from, from + BATCH));
      const used = usesOf(uses);
      for (let from = 0; from < used.length; from += BATCH) {
        const batch = used.slice(from, from + BATCH);
        await this.#deps.oneAtATime(() => inSoftTransaction(this.#deps.store, (tx) => touchTokens(tx, batch)));
      }
      const usedApi = usesOf(apiUses);
      if (usedApi.length > 0) {
        await this.#deps.oneAtATime(() => inSoftTransaction(this.#deps.store, (tx) => touchApiTokens(tx, usedApi)));
      }
    } catch (error) {
      for (const live of changed) this.#changed.add(live);
      for (const live of rolling) this.#rolling.add(live);
      for (const [id, at] of uses) if (!this.#uses.has(id)) this.#uses.set(id, at);
      for (const [id, at] of apiUses) if (!this.#apiUses.has(id)) this.#apiUses.set(id, at);
      this.#deps.log('error', 'history could not be flushed; it is kept and tried again', {
        workspaces: changed.length,
        why: String(error),
      });
    }
  }

  #save(batch: readonly LiveWorkspace[]): Promise<void> {
    const now = this.#deps.now();
    return this.#deps.oneAtATime(() =>
      inSoftTransaction(this.#deps.store, async (tx) => {
        await saveFacts(
          tx,
          batch.map((live) => ({ workspace_id: live.row.id, facts: live.facts })),
          now,
        );
        await saveMinutes(
          tx,
          batch.map((live) => minutesRow(live, hourOf(now), now)),
        );
      }),
    );
  }

  #roll(batch: readonly LiveWorkspace[]): Promise<void> {
    const now = this.#deps.now();
    const ended = hourOf(now) - 1;
    const minutes = batch.map((live) => minutesRow(live, ended, now)).filter((row) => row.minutes.length > 0);
    const hours: HourRow[] = minutes.map((row) => ({ workspace_id: row.workspace_id, summary: rollUp(ended, row.minutes) }));
    return this.#deps.oneAtATime(() =>
      inSoftTransaction(this.#deps.store, async (tx) => {
        await saveMinutes(tx, minutes);
        await saveHours(tx, hours);
      }),
    );
  }
}

function usesOf(uses: ReadonlyMap<string, number>): { id: string; last_used_at: number }[] {
  return Array.from(uses, ([id, last_used_at]) => ({ id, last_used_at }));
}

function hourOf(now: number): number {
  return Math.floor(now / (HOUR_MINUTES * MINUTE_MS));
}

function minutesRow(live: LiveWorkspace, hour: number, now: number): MinutesRow {
  return { workspace_id: live.row.id, hour, minutes: minutesOfHour(live.ring, hour, Math.floor(now / MINUTE_MS)) };
}
