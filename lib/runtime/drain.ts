import { CanvasError } from '#lib/contract/errors.ts';
import type { DrainBlock, InFlightTask } from '#lib/contract/heartbeat.ts';
import { drainBlock } from './drain-block.ts';
import type { Gate } from './gate.ts';
import type { WorkInHand } from './work-in-hand.ts';

/**
 * The states of a drain, what is true inside each, and what ends it:
 *
 *   open        no run; the gate is open                               a signal → draining
 *   draining    a run; the gate is closed, what is at work goes on     nothing at work → drained
 *               to its end                                             its deadline → cancelling
 *   cancelling  all that is at work was asked to end; after a grace    nothing at work → drained
 *               nobody waits for the rest
 *   drained     nothing is at work, and nothing can begin; the work    (stays)
 *               is kept, once for each run
 *   ended       the runtime stops: no timer, no run can begin          (final)
 *
 * From draining, cancelling and drained alike: a cancel of this run → open · a signal of another run → draining, as that
 * run · a signal of the same run changes nothing but a deadline, and only to an earlier one. From anywhere: end() → ended.
 * What was asked to end stays asked when its drain is cancelled or replaced. Only `#enter` changes the state.
 */
type State = 'open' | 'draining' | 'cancelling' | 'drained' | 'ended';

export interface DrainOptions {
  work: WorkInHand;
  gate: Gate;
  inFlight: () => InFlightTask[];
  /** From the agent's own cancel to the cut. */
  graceMs: number;
}

interface Run {
  id: string;
  /** In performance.now() time; infinite: none. */
  deadline: number;
  over: AbortController;
}

export class Drain {
  /** The state is another one. */
  onChange: () => void = () => {};
  /** Called once a run, with the state `drained`: time to keep the work. `over` aborts when that run is over. */
  onDrained: (runId: string, over: AbortSignal) => void = () => {};
  /** Called when a run was cancelled, before anything can begin: what was kept for it is out of date from here on. */
  onReopened: () => void = () => {};
  readonly #options: DrainOptions;
  #state: State = 'open';
  #run: Run | null = null;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: DrainOptions) {
    this.#options = options;
  }

  get state(): State {
    return this.#state;
  }

  get runId(): string | null {
    return this.#run?.id ?? null;
  }

  /** For the beats; null while there is no drain. */
  get block(): DrainBlock | null {
    if (this.#run === null) return null;
    const drained = this.#state === 'drained' || (this.#state === 'ended' && this.#options.work.isIdle);
    return drainBlock(this.#run.id, drained ? 'drained' : 'draining', this.#options.inFlight());
  }

  /**
   * Begins a drain, or joins the one of the same run. Answers what is at work. `drainSeconds`: until it is cancelled;
   * null: it is not. Throws `unavailable` when the runtime stops already.
   */
  signal(runId: string, drainSeconds: number | null): InFlightTask[] {
    if (this.#state === 'ended') throw new CanvasError('unavailable', 'This runtime is stopping already: watch for its next start');
    const deadline = drainSeconds === null ? Number.POSITIVE_INFINITY : performance.now() + drainSeconds * 1000;
    if (this.#run?.id === runId) this.#run.deadline = Math.min(this.#run.deadline, deadline);
    else {
      this.#run?.over.abort();
      this.#run = { id: runId, deadline, over: new AbortController() };
      this.#options.gate.closeToDrain();
      this.#options.work.remember();
      this.#enter('draining');
    }
    const inFlight = this.block?.in_flight ?? [];
    this.#arm();
    this.look();
    return inFlight;
  }

  /** Opens again if this run drains; false when it does not: then nothing has changed. */
  cancel(runId: string): boolean {
    if (this.#run?.id !== runId || this.#state === 'ended') return false;
    this.#run.over.abort();
    this.#run = null;
    this.#options.work.forget();
    this.#enter('open');
    this.onReopened();
    this.#options.gate.reopen();
    return true;
  }

  /** To be called whenever work has begun or ended. */
  look(): void {
    const run = this.#run;
    if (run === null || (this.#state !== 'draining' && this.#state !== 'cancelling') || !this.#options.work.isIdle) return;
    this.#enter('drained');
    this.onDrained(run.id, run.over.signal);
  }

  /** The runtime stops. */
  end(): void {
    this.#run?.over.abort();
    this.#enter('ended');
  }

  #enter(state: State): void {
    if (this.#state === 'ended') return;
    clearTimeout(this.#timer);
    this.#state = state;
    this.onChange();
  }

  #arm(): void {
    if (this.#run === null || this.#state !== 'draining') return;
    clearTimeout(this.#timer);
    const left = this.#run.deadline - performance.now();
    if (left === Number.POSITIVE_INFINITY) return;
    if (left > 0) this.#timer = setTimeout(() => this.#arm(), left);
    else {
      this.#enter('cancelling');
      this.#options.work.endAll(this.#options.graceMs);
    }
  }
}
