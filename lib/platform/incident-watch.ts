import type { LedgerEvent } from '#lib/contract/events.ts';
import { QUIET_AFTER_MS, quietCloseMs } from '#lib/domain/incident-quiet.ts';
import { movesOf, STATUS_KINDS, type Subject, TELLING_EVENTS, wrongNow } from '#lib/domain/incident-rules.ts';
import { openIncidents, quietIncidents } from '#lib/store/incidents.ts';
import { eventsAfter, newestSeq } from '#lib/store/ledger.ts';
import { dropMeta, getMeta, setMeta } from '#lib/store/meta.ts';
import type { Deps } from './deps.ts';
import type { LiveWorkspace } from './fleet.ts';
import type { IncidentDesk } from './incident-desk.ts';
import { stillTrue } from './incident-facts.ts';
import { MassLook } from './incident-mass-look.ts';
import { applyMove, raiseFound } from './incident-moves.ts';
import { keepTrying } from './keep-trying.ts';

/** Up to which event of the ledger incidents are made. */
const CURSOR = 'inbox_seq';
/** Since when the platform ended the processes of its workspaces itself: `<seq> <epoch ms>` of its orderly end. */
const ENDING = 'inbox_ending';
const BATCH = 200;
/** After so many events that tell nothing the place is kept all the same: the next start reads them all again. */
const SAVE_EVERY = 2000;
const LOOK_EVERY_MS = 60_000;
const MAX_QUIET = 200;
const UP: ReadonlySet<string> = new Set(['online', 'degraded', 'draining', 'restarting']);

/**
 * Makes incidents of the ledger. The place up to which it read stands in the store and moves in the transaction that
 * files what was read, so that each event counts once, whoever is killed when.
 *
 * States: *idle* (everything that tells something is filed) → *reading* (a batch of events, filed in one transaction, until
 * there are no more; a refusal of the store is waited out and tried again) → *idle*. A telling event on the feed wakes it.
 */
export class IncidentWatch {
  readonly #getDeps: () => Deps;
  readonly #ending = new AbortController();
  /** Read up to here. The store may be behind by events that tell nothing. */
  #cursor = 0;
  #unsaved = 0;
  #running: Promise<void> | null = null;
  #rung = false;
  #startedAt = 0;
  #timer: ReturnType<typeof setInterval> | null = null;
  #stopListening = () => {};

  constructor(deps: () => Deps) {
    this.#getDeps = deps;
  }

  get #deps(): Deps {
    return this.#getDeps();
  }

  /**
   * Reads what happened while nobody did, and takes up what is wrong now and was not told (the ledger is pruned, or the
   * process was killed between a fact and its event). Before anything can change: facts that are ahead of the ledger
   * would file what later events then close.
   */
  async recover(): Promise<void> {
    this.#startedAt = this.#deps.now();
    const stood = await getMeta(this.#deps.store.db, CURSOR);
    this.#cursor = stood === null ? await newestSeq(this.#deps.store.db) : Number(stood);
    const [endingSeq = Number.POSITIVE_INFINITY, endingAt = Number.POSITIVE_INFINITY] =
      (await getMeta(this.#deps.store.db, ENDING))?.split(' ').map(Number) ?? [];
    await this.#read((event) => event.seq > endingSeq && isProcessEnd(event));
    await this.#deps.incidents.write((desk) => this.#takeUp(desk, endingAt));
  }

  /**
   * The platform ends, and with it the processes that it started: that nobody needs to be told. What happens from now on is
   * read at the next start, which brings them back; what does not come back then is told by its run. So is what a store
   * that refuses keeps from being filed now.
   */
  async hold(): Promise<void> {
    this.#ending.abort();
    this.#stopListening();
    await this.#running;
    await this.#deps.incidents
      .write(async ({ tx, now }) => setMeta(tx, ENDING, `${await newestSeq(tx)} ${now}`))
      .catch((error: unknown) => this.#failed(error));
  }

  /** Follows the ledger from then on. */
  begin(): void {
    this.#stopListening = this.#deps.feed.subscribe((item) => {
      if (item.kind === 'ledger' && TELLING_EVENTS.has(item.event.type)) this.#ring();
    });
    this.#timer = setInterval(() => void this.look(), LOOK_EVERY_MS);
    this.#timer.unref();
    this.#ring();
  }

  /** Resolves when everything that was told so far is filed. */
  async settled(): Promise<void> {
    await this.#running;
  }

  /** Closes what nothing more was said of for long, and what is about many of whom most came back. Called each minute. */
  async look(): Promise<void> {
    const work = async (desk: IncidentDesk) => {
      const closed = await closeQuiet(desk);
      await this.#mass(desk).look();
      return closed;
    };
    try {
      while ((await this.#deps.incidents.write(work)) === MAX_QUIET && !this.#ending.signal.aborted);
    } catch (error) {
      this.#failed(error);
    }
  }

  async close(): Promise<void> {
    this.#ending.abort();
    this.#stopListening();
    if (this.#timer !== null) clearInterval(this.#timer);
    await this.#running;
  }

  #ring(): void {
    this.#rung = true;
    this.#running ??= this.#run();
  }

  async #run(): Promise<void> {
    while (this.#rung && !this.#ending.signal.aborted) {
      this.#rung = false;
      await keepTrying(
        () => this.#read(),
        this.#ending.signal,
        (error) => this.#failed(error),
      );
    }
    this.#running = null;
  }

  #failed(error: unknown): void {
    this.#deps.log('error', 'incidents could not be filed; it is tried again', { why: String(error) });
  }

  async #read(isExpected: (event: LedgerEvent) => boolean = () => false): Promise<void> {
    for (;;) {
      if (this.#ending.signal.aborted) return;
      const events = await eventsAfter(this.#deps.store.db, this.#cursor, BATCH);
      const last = events.at(-1)?.seq;
      if (last === undefined) return;
      const telling = events.filter((event) => TELLING_EVENTS.has(event.type) && !isExpected(event));
      this.#unsaved = telling.length > 0 ? 0 : this.#unsaved + events.length;
      if (telling.length > 0 || this.#unsaved > SAVE_EVERY) await this.#deps.incidents.write((desk) => this.#file(desk, telling, last));
      this.#cursor = last;
    }
  }

  async #takeUp(desk: IncidentDesk, endingAt: number): Promise<void> {
    for (const incident of await openIncidents(desk.tx, { kinds: [...STATUS_KINDS, 'token_rejected'] })) {
      if (!stillTrue(this.#deps, { ...incident, part_of: null })) desk.close(incident, 'It is over', desk.now);
    }
    const mass = this.#mass(desk);
    for (const live of this.#deps.fleet.all()) {
      if (live.facts.cause === 'process_ended' && live.facts.since >= endingAt) continue;
      for (const finding of wrongNow(subjectOf(live), live.facts)) await raiseFound(desk, mass, live.row.id, finding);
    }
    await mass.settle();
    await setMeta(desk.tx, CURSOR, String(this.#cursor));
    await dropMeta(desk.tx, ENDING);
  }

  async #file(desk: IncidentDesk, events: readonly LedgerEvent[], last: number): Promise<void> {
    const mass = this.#mass(desk);
    for (const event of events) {
      if (event.workspace_id === null) continue;
      const live = this.#deps.fleet.find(event.workspace_id);
      for (const move of movesOf(event, live ? subjectOf(live) : null)) await applyMove(desk, mass, event.workspace_id, move, event.at);
    }
    await mass.settle();
    await setMeta(desk.tx, CURSOR, String(last));
  }

  #mass(desk: IncidentDesk): MassLook {
    const upNow = () => Array.from(this.#deps.fleet.all()).filter(({ facts }) => UP.has(facts.status)).length;
    return new MassLook(desk, { upNow, startedAt: this.#startedAt });
  }
}

function isProcessEnd(event: LedgerEvent): boolean {
  return event.type === 'workspace.status' && event.data.cause === 'process_ended';
}

function subjectOf({ row: { id, name } }: LiveWorkspace): Subject {
  return { id, name };
}

/** Answers how many it closed, at most 200. */
async function closeQuiet(desk: IncidentDesk): Promise<number> {
  const { message_failed: failedMs, ...said } = QUIET_AFTER_MS;
  const untilOf = Object.fromEntries(Object.entries(said).map(([kind, ms]) => [kind, desk.now - ms]));
  const quiet = await quietIncidents(desk.tx, untilOf, MAX_QUIET);
  // Of these there is one for each workspace at the most; which of them wait for a person, only they themselves say.
  const failed = await openIncidents(desk.tx, { until: desk.now - failedMs, kinds: ['message_failed'] });
  const all = [...quiet, ...failed.filter((incident) => quietCloseMs(incident) === failedMs)].slice(0, MAX_QUIET);
  for (const incident of all) desk.close(incident, 'Nothing more was said', desk.now);
  return all.length;
}
