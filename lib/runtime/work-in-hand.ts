import type { InFlightTask } from '#lib/contract/heartbeat.ts';
import type { Snapshot } from '#lib/contract/snapshot.ts';
import type { TracePlace } from '#lib/contract/traces.ts';
import { scrubbedText } from './scrubbed-text.ts';
import type { WorkMeter } from './work-meter.ts';

/** One piece of work: what a message asks for, or what the agent gave itself. */
export interface Work {
  readonly id: string;
  /** Null: the agent gave itself this work. */
  readonly messageId: string | null;
  /** Aborted first: the agent shall end soon. */
  readonly asked: AbortController;
  /** Aborted last: nobody waits for it any longer. */
  readonly cut: AbortController;
  /** Who wanted it ended before it was done; null: nobody. */
  endedBy: 'asker' | 'runtime' | null;
  /** Where it stands in its trace; null: not known. */
  trace: TracePlace | null;
}

/** A message that was let in and that the agent does not have yet. */
export interface Admission {
  readonly messageId: string;
  /** It shall not begin any more. */
  turnedAway: boolean;
}

const MAX_UNFINISHED = 500;
const MAX_ID = 256;
const SUMMARY_CHARS = 200;

/**
 * All work from the moment it is let in to the moment it has ended. It is counted by the meter from when the agent gets
 * it; a message on its way there counts here already, so that *nothing at work* is never said too early.
 */
export class WorkInHand {
  /** Something began, ended, or did not begin after all. */
  onChange: () => void = () => {};
  readonly #meter: WorkMeter;
  readonly #works = new Map<string, Work>();
  readonly #admitted = new Set<Admission>();
  #unfinished: Snapshot['unfinished'] = [];
  readonly #whenIdle: (() => void)[] = [];
  #asItWas: { currentTask: string; activeTasks: number } | null = null;

  constructor(meter: WorkMeter) {
    this.#meter = meter;
  }

  get isIdle(): boolean {
    return this.#works.size === 0 && this.#admitted.size === 0;
  }

  /** What the runtime itself ended before it was done, since the last `forget`; the oldest 500. */
  get unfinished(): Snapshot['unfinished'] {
    return this.#unfinished;
  }

  /** What was in hand at the last `remember`, else now. */
  get inHand(): { currentTask: string; activeTasks: number } {
    return this.#asItWas ?? { currentTask: this.#meter.currentTask, activeTasks: this.#meter.activeTasks };
  }

  /** What the agent has, by name. */
  get tasks(): InFlightTask[] {
    return this.#meter.inFlight;
  }

  get traces(): TracePlace[] {
    return [...this.#works.values()].flatMap(({ trace }) => trace ?? []);
  }

  /** Keeps what is in hand now for the snapshot: that will be written when it is gone. */
  remember(): void {
    this.#asItWas ??= this.inHand;
  }

  /** Work begins anew: what was in hand, or left unfinished, is the past. */
  forget(): void {
    this.#asItWas = null;
    this.#unfinished = [];
  }

  isAtWork(id: string): boolean {
    return this.#works.has(id);
  }

  hasMessage(messageId: string): boolean {
    return [...this.#works.values(), ...this.#admitted].some((work) => work.messageId === messageId);
  }

  admit(messageId: string): Admission {
    const admission = { messageId, turnedAway: false };
    this.#admitted.add(admission);
    return admission;
  }

  /** It has begun, or it never will. Safe to repeat. */
  settle(admission: Admission): void {
    if (this.#admitted.delete(admission)) this.#changed();
  }

  begin(id: string, messageId: string | null, summary: string): Work {
    const work: Work = { id, messageId, asked: new AbortController(), cut: new AbortController(), endedBy: null, trace: null };
    this.#works.set(id, work);
    this.#meter.begin(id, summary);
    this.#changed();
    return work;
  }

  /** Ends a piece of work once; what is said of it later counts nothing. */
  end(work: Work, outcome: 'served' | 'cancelled' | { error: string }): void {
    if (this.#works.get(work.id) !== work) return;
    this.#works.delete(work.id);
    if (work.endedBy === 'runtime') this.#leaveUnfinished(work);
    this.#meter.end(work.id, outcome);
    this.#changed();
  }

  /** Its asker no longer wants it: it is asked to end, and not waited for. */
  cancel(id: string): void {
    const work = this.#works.get(id);
    if (work === undefined) return;
    work.endedBy ??= 'asker';
    work.asked.abort();
    work.cut.abort();
  }

  /**
   * Asks all that is at work now to end; after `graceMs` nobody waits for what has not. What begins later is not meant.
   * Asked again, the shorter grace counts.
   */
  endAll(graceMs: number): void {
    const ending = [...this.#works.values()];
    for (const admission of this.#admitted) admission.turnedAway = true;
    for (const work of ending) {
      work.endedBy ??= 'runtime';
      work.asked.abort();
    }
    // Also without a grace a step later: an agent that answers the abort at once shall be heard.
    setTimeout(() => {
      for (const work of ending) work.cut.abort();
    }, graceMs);
  }

  /** Resolves when nothing is at work. What still is when `deadline` aborts is ended, without a grace. */
  async finish(deadline: AbortSignal): Promise<void> {
    const end = () => this.endAll(0);
    if (deadline.aborted) end();
    deadline.addEventListener('abort', end, { once: true });
    if (!this.isIdle) await new Promise<void>((resolve) => this.#whenIdle.push(resolve));
    deadline.removeEventListener('abort', end);
  }

  #changed(): void {
    this.onChange();
    if (this.isIdle) for (const resolve of this.#whenIdle.splice(0)) resolve();
  }

  #leaveUnfinished(work: Work): void {
    const task = this.#meter.inFlight.find(({ id }) => id === work.id);
    if (task === undefined || this.#unfinished.length >= MAX_UNFINISHED) return;
    this.#unfinished.push({
      id: work.id.slice(0, MAX_ID),
      message_id: work.messageId?.slice(0, MAX_ID) ?? null,
      summary: scrubbedText(task.summary ?? '', SUMMARY_CHARS),
      started_at: task.started_at ?? 0,
    });
  }
}
