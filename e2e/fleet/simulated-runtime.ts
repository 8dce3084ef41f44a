import { type Heartbeat, isFullBeat } from '#lib/contract/heartbeat.ts';
import { type Fault, intervalsToNext, PARTIAL_AFTER, SAID, type Saying, sayingOf } from './fault.ts';

const METADATA = { capabilities: { session: true, streaming: true } };
const TASKS = [
  'Index the documents',
  'Answer a question about the index',
  'Check the links',
  'Write a summary',
  'Count the words',
] as const;

export type BeatKind = 'full' | 'partial start' | 'partial end';

export interface Identity {
  id: string;
  name: string;
  token: string;
  fault: Fault | null;
  boot_id: string;
}

/** What it has sent that the platform accepted: all that the platform can know of it. */
export interface Accepted {
  at: number;
  /** Of the newest full beat. */
  saying: Saying;
  uptime_seconds: number;
  error_rate: number;
  /** Of the newest beat of either kind. */
  active_tasks: number;
}

/**
 * One simulated runtime: what it beats and when the next one is due. It keeps no timer and no socket, so that ten
 * thousand of them are light.
 */
export class SimulatedRuntime {
  readonly identity: Identity;
  /** Null before the first accepted beat. */
  accepted: Accepted | null = null;
  /** Whether a beat is on its way; the next one is then left out, as a real runtime's loop would. */
  busy = false;
  readonly #bootAt: number;
  readonly #intervalMs: number;
  #fullBeats = 0;

  constructor(identity: Identity, options: { bootAt: number; intervalSeconds: number }) {
    this.identity = identity;
    this.#bootAt = options.bootAt;
    this.#intervalMs = options.intervalSeconds * 1000;
  }

  /** The beats that follow a full one that was due at `dueAt`, the next full one included. */
  next(dueAt: number): { kind: BeatKind; at: number }[] {
    const intervals = intervalsToNext(this.identity.fault);
    if (intervals === null) return [];
    const following: { kind: BeatKind; at: number }[] = [{ kind: 'full', at: dueAt + intervals * this.#intervalMs }];
    if (this.identity.fault === 'partial') {
      following.push({ kind: 'partial start', at: dueAt + PARTIAL_AFTER[0] * this.#intervalMs });
      following.push({ kind: 'partial end', at: dueAt + PARTIAL_AFTER[1] * this.#intervalMs });
    }
    return following;
  }

  beat(kind: BeatKind, now: number): Heartbeat {
    const task = TASKS[this.#fullBeats % TASKS.length] ?? '';
    if (kind !== 'full') return this.#partial(kind === 'partial start' ? task : '');
    const saying = sayingOf(this.identity.fault, this.#fullBeats);
    const idle = this.#fullBeats % 3 === 2;
    this.#fullBeats += 1;
    return {
      workspace_id: this.identity.id,
      ...SAID[saying],
      active_tasks: idle ? 0 : 1,
      current_task: idle ? '' : task,
      uptime_seconds: 1 + Math.floor((now - this.#bootAt) / 1000),
      runtime_metadata: METADATA,
      boot_id: this.identity.boot_id,
      interval_seconds: this.#intervalMs / 1000,
    };
  }

  /** As the reference runtime sends it: zeroes that mean nothing, and neither state nor metadata. */
  #partial(task: string): Heartbeat {
    return {
      workspace_id: this.identity.id,
      error_rate: 0,
      sample_error: '',
      active_tasks: task === '' ? 0 : 1,
      current_task: task,
      uptime_seconds: 0,
    };
  }

  /** `at`: when it was answered, by this machine's clock (the platform runs on the same one). */
  wasAccepted(beat: Heartbeat, at: number): void {
    const active_tasks = beat.active_tasks ?? 0;
    if (!isFullBeat(beat)) {
      if (this.accepted) this.accepted = { ...this.accepted, at, active_tasks };
      return;
    }
    const saying: Saying = beat.runtime_state === 'wedged' ? 'wedged' : (beat.error_rate ?? 0) >= 0.5 ? 'errors' : 'well';
    this.accepted = { at, saying, uptime_seconds: beat.uptime_seconds ?? 0, error_rate: beat.error_rate ?? 0, active_tasks };
  }
}
