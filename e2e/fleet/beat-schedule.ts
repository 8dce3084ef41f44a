import type { BeatKind, SimulatedRuntime } from './simulated-runtime.ts';

/** Width of a slot: how far beats may be off their moment. */
const SLOT_MS = 20;

export interface Due {
  runtime: SimulatedRuntime;
  kind: BeatKind;
  at: number;
}

/**
 * Beats by the moment at which they are due. One timer for all of them: it fires each slot in turn, and none is left out
 * when the process was too busy to be on time.
 */
export class BeatSchedule {
  readonly #slots = new Map<number, Due[]>();
  readonly #fire: (due: Due) => void;
  #done = 0;
  #timer: ReturnType<typeof setInterval> | null = null;

  constructor(fire: (due: Due) => void) {
    this.#fire = fire;
  }

  add(due: Due): void {
    const slot = Math.max(Math.ceil(due.at / SLOT_MS), this.#done + 1);
    const list = this.#slots.get(slot);
    if (list) list.push(due);
    else this.#slots.set(slot, [due]);
  }

  start(now: number): void {
    this.#done = Math.floor(now / SLOT_MS) - 1;
    this.#timer = setInterval(() => this.#tick(Date.now()), SLOT_MS);
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    this.#slots.clear();
  }

  #tick(now: number): void {
    for (const until = Math.floor(now / SLOT_MS); this.#done < until && this.#timer !== null; ) {
      this.#done += 1;
      const list = this.#slots.get(this.#done);
      if (!list) continue;
      this.#slots.delete(this.#done);
      for (const due of list) this.#fire(due);
    }
  }
}
