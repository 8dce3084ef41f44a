import { type CanvasError, errorCodeOf } from '#lib/contract/errors.ts';
import type { DrainBlock, Heartbeat } from '#lib/contract/heartbeat.ts';
import { type Log, sentenceOf } from './log.ts';
import { CALL_TIMEOUT_MS, type PlatformClient, refusalOf } from './platform-client.ts';
import { type MetadataSource, runtimeMetadata } from './runtime-metadata.ts';
import { scrubbedText } from './scrubbed-text.ts';
import type { Wedge } from './wedge.ts';
import type { WorkMeter } from './work-meter.ts';

/**
 * The states of the loop, what is true inside each, and what ends it:
 *
 *   idle      not started                                              start() → beating
 *   waiting   no request under way, one timer runs to the next beat    the timer, soon() → beating · stop() → leaving
 *   beating   one request under way, no timer                          its answer → waiting, or → ended when the
 *                                                                      platform says that the workspace is gone
 *   leaving   stop() was called: the request under way may finish,     the goodbye's answer, its failure
 *             then one last beat says goodbye                          or the deadline → ended
 *   ended     no timer, no request; nothing starts it again
 *
 * There is never more than one beat under way, and no failure ends the loop: refusals, timeouts and broken answers
 * lead to `waiting`. Only `#enter` changes the state.
 *
 * Two kinds of beats, both full. The *regular* one carries the counts behind the error rate. An *early* one, sent when
 * a task begins or ends or a wedge changes, carries none: cutting the sample at every task would leave samples of one
 * request, from which no error rate can be judged.
 *
 * During a drain an early beat goes out every second, and failures are tried again as often: whoever waits for the drain
 * to be over reads it there.
 */
type State = 'idle' | 'waiting' | 'beating' | 'leaving' | 'ended';
export type BeatKind = 'regular' | 'early' | 'goodbye';

export interface LoopTiming {
  intervalMs: number;
  /** Wait after a first failure; doubles with each, up to the interval. */
  retryMs: number;
  /** Early beats gather for this long. */
  debounceMs: number;
  /** Early beats keep this distance to the beat before. */
  earlyGapMs: number;
  /** Between beats during a drain. */
  drainMs: number;
}

export interface HeartbeatLoopOptions {
  client: PlatformClient;
  workspaceId: string;
  bootId: string;
  intervalSeconds: number;
  meter: WorkMeter;
  wedge: Wedge;
  /** What beats say of a drain; null while there is none. */
  drain: () => DrainBlock | null;
  metadata: MetadataSource;
  log: Log;
  /** Every accepted answer, for the inbound secret in it. */
  onAnswer: (body: unknown) => Promise<void>;
  /** A beat was accepted, and what it answered is kept. */
  onAccepted?: (kind: BeatKind) => void;
  /** The platform no longer has this workspace (404, 410): the loop has ended itself. */
  onGone: (refusal: CanvasError) => void;
  timing?: Partial<LoopTiming>;
  /** 0…1, for jitter. */
  random?: () => number;
}

export const FAILURES_BEFORE_NEW_CLIENT = 10;
const JITTER = 0.1;
const MAX_TEXT = 2000;
/** A timer may fire a little early; an early beat right before the regular one would tell nothing. */
const TIMER_SLACK_MS = 20;

export class HeartbeatLoop {
  readonly #options: HeartbeatLoopOptions;
  readonly #timing: LoopTiming;
  readonly #random: () => number;
  readonly #startedAt = performance.now();
  #state: State = 'idle';
  #timer: NodeJS.Timeout | undefined;
  #timerDue = Number.POSITIVE_INFINITY;
  #regularDue = 0;
  #lastSentAt = Number.NEGATIVE_INFINITY;
  #wantsEarly = false;
  #failures = 0;
  #lastWords: string | null = null;
  #beat: Promise<void> = Promise.resolve();
  readonly #leaving = new AbortController();

  constructor(options: HeartbeatLoopOptions) {
    this.#options = options;
    this.#random = options.random ?? Math.random;
    this.#timing = {
      intervalMs: options.intervalSeconds * 1000,
      retryMs: 2000,
      debounceMs: 200,
      earlyGapMs: 1000,
      drainMs: 1000,
      ...options.timing,
    };
  }

  get state(): State {
    return this.#state;
  }

  /** Failures in a row. */
  get failures(): number {
    return this.#failures;
  }

  /** Beats at once. The second beat comes after a random part of the interval, so that a fleet started together spreads. */
  start(): void {
    if (this.#state !== 'idle') return;
    this.#regularDue = performance.now() + this.#timing.intervalMs * this.#random();
    this.#send('regular');
  }

  /** A change worth telling before the next regular beat. Many in a short time become one. */
  soon(): void {
    if (this.#state === 'beating') this.#wantsEarly = true;
    if (this.#state !== 'waiting' || this.#failures > 0) return;
    const now = performance.now();
    this.#wakeAt(Math.max(now + this.#timing.debounceMs, this.#lastSentAt + this.#timing.earlyGapMs));
  }

  /**
   * Beats without waiting. Resolves when a beat that was made after this call was answered, or failed; at once when the
   * loop does not run.
   */
  async now(): Promise<void> {
    if (this.#state === 'beating') await this.#beat;
    if (this.#state === 'waiting') this.#send('early');
    if (this.#state === 'beating') await this.#beat;
  }

  /**
   * Says goodbye and ends. Resolves when nothing is under way any more, after `deadlineMs` at the latest. `lastWords`:
   * what went wrong on the way out, for the goodbye to tell.
   */
  async stop(deadlineMs: number, lastWords: string | null = null): Promise<void> {
    this.#lastWords = lastWords;
    if (this.#state === 'leaving' || this.#state === 'ended') return await this.#beat;
    const neverStarted = this.#state === 'idle';
    this.#enter('leaving');
    const deadline = setTimeout(() => this.#leaving.abort(), deadlineMs);
    await this.#beat;
    if (!neverStarted && !this.#leaving.signal.aborted)
      await this.#exchange('goodbye').catch((thrown) => this.#options.log('warn', `The goodbye was not delivered: ${sentenceOf(thrown)}`));
    clearTimeout(deadline);
    this.#enter('ended');
  }

  #enter(state: State): void {
    if (this.#state === 'ended' || (this.#state === 'leaving' && state !== 'ended')) return;
    this.#state = state;
    clearTimeout(this.#timer);
    this.#timerDue = Number.POSITIVE_INFINITY;
  }

  #wakeAt(due: number): void {
    if (this.#state !== 'waiting' || due >= this.#timerDue) return;
    clearTimeout(this.#timer);
    this.#timerDue = due;
    this.#timer = setTimeout(
      () => this.#send(performance.now() >= this.#regularDue - TIMER_SLACK_MS ? 'regular' : 'early'),
      Math.max(0, due - performance.now()),
    );
  }

  #send(kind: BeatKind): void {
    this.#enter('beating');
    this.#wantsEarly = false;
    this.#beat = this.#exchange(kind).then(
      () => this.#accepted(kind),
      (thrown: unknown) => this.#failed(thrown),
    );
  }

  #accepted(kind: BeatKind): void {
    if (this.#failures > 0) this.#options.log('info', 'Heartbeats are accepted again', { failures: this.#failures });
    this.#failures = 0;
    const now = performance.now();
    if (kind === 'regular' && this.#regularDue <= now + TIMER_SLACK_MS)
      this.#regularDue = now + this.#timing.intervalMs * (1 + JITTER * (2 * this.#random() - 1));
    this.#enter('waiting');
    this.#wakeAt(this.#regularDue);
    if (this.#options.drain() !== null) this.#wakeAt(this.#lastSentAt + this.#timing.drainMs);
    if (this.#wantsEarly) this.soon();
    this.#options.onAccepted?.(kind);
  }

  #failed(thrown: unknown): void {
    const refusal = thrown as CanvasError;
    const code = errorCodeOf(thrown);
    if (code === 'gone' || code === 'not_found') {
      if (this.#state !== 'leaving') this.#enter('ended');
      this.#options.onGone(refusal);
      return;
    }
    this.#failures += 1;
    this.#options.log('warn', `Heartbeat failed: ${sentenceOf(thrown)}`, { failures: this.#failures });
    if (this.#failures % FAILURES_BEFORE_NEW_CLIENT === 0) this.#options.client.renew();
    const longest = this.#options.drain() === null ? this.#timing.intervalMs : this.#timing.drainMs;
    const backOff = Math.min(longest, this.#timing.retryMs * 2 ** (this.#failures - 1)) * (1 - 0.5 * this.#random());
    const asked = Number(refusal.details?.['retry_after_ms'] ?? 0);
    this.#enter('waiting');
    // What failed is sent again as a regular beat, with all that has been counted since.
    this.#regularDue = performance.now() + Math.max(backOff, asked);
    this.#wakeAt(this.#regularDue);
  }

  async #exchange(kind: BeatKind): Promise<void> {
    const { client, meter, onAnswer } = this.#options;
    this.#lastSentAt = performance.now();
    const sample = kind === 'early' ? null : meter.take();
    const answer = await client.call('POST', '/registry/heartbeat', {
      body: this.#beatOf(kind, sample),
      signal: this.#leaving.signal,
      timeoutMs: CALL_TIMEOUT_MS,
    });
    const refusal = refusalOf(answer, 'a heartbeat');
    if (refusal) {
      if (answer.retryAfterMs !== null && refusal.details) refusal.details['retry_after_ms'] = answer.retryAfterMs;
      throw refusal;
    }
    if (sample) meter.accept(sample);
    await onAnswer(answer.body).catch((thrown: unknown) =>
      this.#options.log('error', `What the platform answered could not be kept: ${sentenceOf(thrown)}`),
    );
  }

  #beatOf(kind: BeatKind, sample: { requests: number; failed: number } | null): Heartbeat {
    const { meter, wedge, metadata, drain } = this.#options;
    const leaving = kind === 'goodbye';
    const block = drain();
    const error = [wedge.reason, leaving ? this.#lastWords : null].filter(Boolean).join('. ') || meter.lastError;
    return {
      workspace_id: this.#options.workspaceId,
      boot_id: this.#options.bootId,
      interval_seconds: this.#options.intervalSeconds,
      uptime_seconds: Math.floor((performance.now() - this.#startedAt) / 1000),
      active_tasks: leaving ? 0 : meter.activeTasks,
      current_task: leaving ? '' : scrubbedText(meter.currentTask, MAX_TEXT),
      runtime_state: wedge.reason === null ? '' : 'wedged',
      runtime_metadata: runtimeMetadata(metadata),
      sample_error: scrubbedText(error, MAX_TEXT),
      ...(block && { drain: block }),
      ...(sample && { error_rate: sample.requests === 0 ? 0 : sample.failed / sample.requests, requests: sample.requests }),
    };
  }
}
