/**
 * The one clock of the page: it ticks once a second on the platform's time, for everything that shows an age.
 * The platform's time is learnt from the `now` of answers and frames. Each of those is old by its way here, so the
 * largest difference seen is the closest to the truth; one that is smaller by more than JUMP_MS means that this
 * computer's own clock was changed, and is believed.
 */
const JUMP_MS = 5_000;
const TICK_MS = 1_000;

export interface Clock {
  now(): number;
  learn(platformNow: number): void;
  subscribe(listener: () => void): () => void;
}

export function createClock(wall: () => number = Date.now): Clock {
  const listeners = new Set<() => void>();
  let offset: number | null = null;
  let second = 0;
  let timer: ReturnType<typeof setTimeout> | null = null;
  const now = () => wall() + (offset ?? 0);
  const tick = () => {
    second = now();
    timer = setTimeout(tick, TICK_MS - (second % TICK_MS));
    for (const listener of listeners) listener();
  };
  return {
    /** Stands still between ticks, so that everything drawn in one second agrees. */
    now: () => (timer === null ? now() : second),
    learn(platformNow) {
      const seen = platformNow - wall();
      if (offset === null || seen > offset || offset - seen > JUMP_MS) offset = seen;
    },
    subscribe(listener) {
      listeners.add(listener);
      if (timer === null) {
        second = now();
        timer = setTimeout(tick, TICK_MS - (second % TICK_MS));
      }
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0 || timer === null) return;
        clearTimeout(timer);
        timer = null;
      };
    },
  };
}

export const pageClock = createClock();
