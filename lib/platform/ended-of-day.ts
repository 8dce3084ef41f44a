import { type DelegationState, ENDED_DELEGATION_STATES, type EndedDelegationState } from '#lib/contract/delegations.ts';
import { endedSince } from '#lib/store/delegations.ts';
import type { Deps } from './deps.ts';

const DAY_MS = 86_400_000;
/** Counting walks over all that ended in a day, and a page that is looked at asks every few seconds. */
const COUNT_AGAIN_MS = 60_000;

type Counts = Record<EndedDelegationState, number>;

/**
 * How many delegations ended in each way within the last 24 hours: counted in the store, and from there on as they end; counted
 * again after a minute, for those that ended a day ago by then. What ends in the very moment of a count may be in it twice until the next.
 */
export class EndedOfDay {
  readonly #deps: () => Deps;
  #last: { at: number; counted: Promise<Counts>; since: Counts } | null = null;

  constructor(deps: () => Deps) {
    this.#deps = deps;
  }

  /** One that has ended, and is so in the store. */
  add(state: DelegationState): void {
    for (const ended of ENDED_DELEGATION_STATES) if (ended === state && this.#last) this.#last.since[ended] += 1;
  }

  async read(): Promise<Counts> {
    const { store, now } = this.#deps();
    const at = now();
    if (this.#last === null || Math.abs(at - this.#last.at) >= COUNT_AGAIN_MS)
      this.#last = { at, counted: endedSince(store.db, at - DAY_MS), since: none() };
    const last = this.#last;
    try {
      const counted = await last.counted;
      const sum = (state: EndedDelegationState) => counted[state] + last.since[state];
      return { completed: sum('completed'), failed: sum('failed'), expired: sum('expired') };
    } catch (thrown) {
      if (this.#last === last) this.#last = null;
      throw thrown;
    }
  }
}

function none(): Counts {
  return { completed: 0, failed: 0, expired: 0 };
}
