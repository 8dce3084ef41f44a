import { CanvasError } from '#lib/contract/errors.ts';

interface Waiting {
  key: string;
  go: () => void;
}

/** Lets `limit` turns run at once, and of one key never two; the others wait in line, at most `maxWaiting` of them. */
export class TurnQueue {
  readonly #limit: number;
  readonly #maxWaiting: number;
  readonly #running = new Set<string>();
  readonly #waiting: Waiting[] = [];

  constructor(limit: number, maxWaiting: number) {
    this.#limit = limit;
    this.#maxWaiting = maxWaiting;
  }

  /** Runs `turn` when its time has come. Rejects with `overloaded` when the line is full; `signal` takes it out of the line (`draining`: it was not begun). */
  async run<T>(key: string, signal: AbortSignal, onWait: (before: number) => void, turn: () => Promise<T>): Promise<T> {
    if (!this.#mayRun(key)) {
      if (this.#waiting.length >= this.#maxWaiting)
        throw new CanvasError('overloaded', `${this.#waiting.length} messages wait for this agent already: send it again later`);
      onWait(this.#waiting.length);
      await this.#turnOf(key, signal);
    }
    this.#running.add(key);
    try {
      return await turn();
    } finally {
      this.#running.delete(key);
      this.#next();
    }
  }

  #mayRun(key: string): boolean {
    return this.#running.size < this.#limit && !this.#running.has(key);
  }

  #turnOf(key: string, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        reject(new CanvasError('draining', 'The task was ended before its turn'));
      };
      const waiting: Waiting = {
        key,
        go: () => {
          signal.removeEventListener('abort', leave);
          // Taken at once: whoever asks between now and the waiter's next step must find the place occupied.
          this.#running.add(key);
          resolve();
        },
      };
      this.#waiting.push(waiting);
      signal.addEventListener('abort', leave, { once: true });
    });
  }

  #next(): void {
    for (let at = 0; at < this.#waiting.length && this.#running.size < this.#limit; ) {
      const waiting = this.#waiting[at];
      if (waiting === undefined || !this.#mayRun(waiting.key)) {
        at += 1;
        continue;
      }
      this.#waiting.splice(at, 1);
      waiting.go();
    }
  }
}
