import type { BeatKind } from './heartbeat-loop.ts';
import { type Log, sentenceOf } from './log.ts';
import type { ResultsFacts } from './results-state.ts';
import type { WorkMeter } from './work-meter.ts';

/**
 * Tells the agent what came of its delegations. The states, what is true inside each, and what ends it:
 *
 *   resting   no call under way; one timer runs while something is open, or waits to be told   a regular beat, the
 *                                                                                              timer → looking · stop() → ended
 *   looking   one cycle under way, no timer                                                    its end, good or bad → resting
 *   ended     nothing under way; nothing starts it again
 *
 * No failure ends the loop: it is logged, told in the beats from the third in a row on, and the next cycle begins where
 * this one broke off. The tenth in a row gets new connections. While the workspace drains a cycle does nothing: the
 * message that tells would be refused, and whoever waits for the end of the work would wait for more.
 *
 * What happens to one delegation, and what is on disk (`results-state.ts`) before the next step is taken:
 *
 *   open       its row was seen, or it was just given    its end is seen → the whole result is fetched and appended to the
 *                                                        file, which takes an id once → waiting
 *   waiting    its end was seen, the result is in the    the cooldown is over → the text and the id of one message for all
 *              file and with the agent's next turn       that wait are fixed → message
 *   message    what is sent is fixed to the letter, and  the platform took it → note
 *              which results its turn gets
 *   note       the agent is told                         the platform took the notification → settled
 *   settled    nothing is left to do
 *
 * Killed anywhere, it is told exactly once: each step is repeated as a whole by the next process, and repeating it does
 * nothing. The file knows the id; the message has the same id, made from those it tells of, and the platform and this
 * runtime each take a message with an id they know for the one they had; a notification names its delegation, and the
 * platform files one for each.
 */
type State = 'resting' | 'looking' | 'ended';

export interface ResultsTiming {
  /** Between cycles while a delegation is open. */
  pollMs: number;
  /** The longest wait after failures. */
  longestMs: number;
}

export interface ResultsLoopOptions {
  cycle: { run(): Promise<void>; given(id: string): void; readonly mayTellAt: number };
  facts: () => Readonly<ResultsFacts>;
  meter: WorkMeter;
  log: Log;
  /** New connections. */
  renew: () => void;
  /** Whether a failure only says that the platform has nothing of the kind. */
  isAbsent: (thrown: unknown) => boolean;
  timing?: Partial<ResultsTiming>;
}

const FAILURES_BEFORE_NEW_CLIENT = 10;
const FAILURES_BEFORE_TOLD = 3;

export class ResultsLoop {
  readonly #options: ResultsLoopOptions;
  readonly #timing: ResultsTiming;
  #state: State = 'resting';
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> = Promise.resolve();
  #lookedAt = Number.NEGATIVE_INFINITY;
  /** There is a reason to look that no cycle has seen yet. */
  #expecting = false;
  #absent = false;
  #failures = 0;
  #note = '';

  constructor(options: ResultsLoopOptions) {
    this.#options = options;
    this.#timing = { pollMs: 5000, longestMs: 60_000, ...options.timing };
  }

  get state(): State {
    return this.#state;
  }

  /** Failures in a row. */
  get failures(): number {
    return this.#failures;
  }

  /** A beat was accepted. An early one is a reason to look only while something is open, and not right after a look. */
  onBeat(kind: BeatKind): void {
    if (kind === 'goodbye') return;
    const due = kind === 'regular' || (this.#nextIn() !== null && performance.now() - this.#lookedAt >= this.#timing.pollMs);
    if (due) this.#look();
  }

  /** A delegation was given (`id`), or there may be something to tell: looks soon, without a beat. */
  expect(id: string | null = null): void {
    this.#expecting = true;
    if (id !== null && !this.#absent) this.#options.cycle.given(id);
    if (this.#state === 'resting') this.#rest();
  }

  /** Resolves when nothing is under way any more. What is under way is not broken off: abort its calls first. */
  async stop(): Promise<void> {
    this.#enter('ended');
    await this.#looking;
  }

  #enter(state: State): void {
    if (this.#state === 'ended') return;
    clearTimeout(this.#timer);
    this.#state = state;
  }

  #look(): void {
    if (this.#state !== 'resting') return;
    this.#enter('looking');
    this.#lookedAt = performance.now();
    this.#expecting = false;
    this.#looking = this.#options.cycle
      .run()
      .then(
        () => this.#succeeded(),
        (thrown: unknown) => this.#failed(thrown),
      )
      .then(() => this.#rest());
  }

  #rest(): void {
    this.#enter('resting');
    const wait = this.#nextIn();
    if (this.#state === 'resting' && wait !== null) this.#timer = setTimeout(() => this.#look(), wait);
  }

  /** Milliseconds to the next cycle that comes without a beat; null: there is nothing to look for. */
  #nextIn(): number | null {
    const { open, message, waiting, notes } = this.#options.facts();
    if (this.#absent) return null;
    const { pollMs, longestMs } = this.#timing;
    if (this.#failures > 0) return Math.min(longestMs, pollMs * 2 ** Math.min(this.#failures, 10));
    if (this.#expecting || open.length > 0 || message !== null || notes.length > 0) return pollMs;
    return waiting.length > 0 ? Math.max(pollMs, this.#options.cycle.mayTellAt - Date.now()) : null;
  }

  #succeeded(): void {
    const { log, meter } = this.#options;
    if (this.#failures > 0) log('info', 'Results of delegations are told again', { failures: this.#failures });
    if (this.#note !== '') meter.unsay(this.#note);
    this.#note = '';
    this.#failures = 0;
    this.#absent = false;
  }

  #failed(thrown: unknown): void {
    const { log, meter, renew, isAbsent } = this.#options;
    if (this.#state === 'ended') return;
    if (isAbsent(thrown)) {
      if (!this.#absent) log('info', `${sentenceOf(thrown)}: results of delegations are not told`);
      this.#absent = true;
      return;
    }
    this.#failures += 1;
    log('warn', `Results of delegations could not be told: ${sentenceOf(thrown)}`, { failures: this.#failures });
    if (this.#failures >= FAILURES_BEFORE_TOLD) {
      this.#note = `Results of delegations could not be told, ${this.#failures} times in a row: ${sentenceOf(thrown)}`;
      meter.note(this.#note);
    }
    if (this.#failures % FAILURES_BEFORE_NEW_CLIENT === 0) renew();
  }
}
