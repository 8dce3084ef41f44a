/** When a call counts as silent: nothing came for `ms`, neither bytes nor another sign of life. */
export interface Silence {
  ms: number;
  /** How long ago there was a sign of life on another way; absent: there is no other way. */
  sinceSign?: () => number;
}

/** What a timer takes; more would be due at once. */
const LONGEST_MS = 2 ** 31 - 1;

/** Watches one wait for bytes at a time; while nobody waits for any, silence is not the agent's. */
export class SilenceWatch {
  readonly #silence: Silence | undefined;
  readonly #onSilent: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(silence: Silence | undefined, onSilent: () => void) {
    this.#silence = silence;
    this.#onSilent = onSilent;
  }

  wait(): void {
    this.rest();
    if (!this.#silence) return;
    const { ms, sinceSign } = this.#silence;
    const began = performance.now();
    const look = () => {
      const left = ms - Math.min(performance.now() - began, sinceSign?.() ?? Number.POSITIVE_INFINITY);
      // Timers may fire a moment early.
      if (left < 1) this.#onSilent();
      else this.#timer = setTimeout(look, Math.min(left, LONGEST_MS));
    };
    this.#timer = setTimeout(look, Math.min(ms, LONGEST_MS));
  }

  rest(): void {
    clearTimeout(this.#timer);
  }
}
