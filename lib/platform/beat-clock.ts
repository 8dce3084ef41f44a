import { graceUntilOf } from '#lib/domain/liveness.ts';
import { applyClock, nextDeadline } from '#lib/domain/status-engine.ts';
import { eventActorOf, platformActor } from './actor.ts';
import type { Deps } from './deps.ts';
import type { LiveWorkspace } from './fleet.ts';
import { settle } from './settle.ts';

const TICK_MS = 1000;
/** A tick this late means that the process or the machine slept: nobody is called silent for a time when nobody listened. */
const SLEPT_MS = 10_000;
const OUTPUT_LINES = 30;
const ACTOR = eventActorOf(platformActor('beat clock'));

/**
 * Notices what does not happen: beats that are late, beats that stopped, first beats that never came. A wheel of
 * one-second buckets holds each workspace once, at the second when a rule would next change it. Beats do not touch the
 * wheel: a bucket that fires looks again and puts the workspace where it belongs now.
 */
export class BeatClock {
  readonly #getDeps: () => Deps;
  readonly #wheel = new Map<number, Set<LiveWorkspace>>();
  readonly #placed = new Map<LiveWorkspace, number>();
  #listeningSince = 0;
  #lastTick = 0;
  #timer: ReturnType<typeof setInterval> | null = null;

  constructor(deps: () => Deps) {
    this.#getDeps = deps;
  }

  get #options() {
    return { provisioningTimeoutMs: this.#deps.options.provisioningTimeoutMs };
  }

  get #deps(): Deps {
    return this.#getDeps();
  }

  start(): void {
    this.#listeningSince = this.#deps.now();
    this.#lastTick = this.#listeningSince;
    for (const live of this.#deps.fleet.all()) this.place(live);
    this.#timer = setInterval(() => this.tick(), TICK_MS);
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  /** When silence begins to count for it: two of its intervals after this process began to listen (contract §3). */
  graceUntil(live: LiveWorkspace): number {
    return graceUntilOf(this.#listeningSince, live.facts.interval_seconds);
  }

  /** Called for a new workspace, and when a deadline may have come nearer (a shorter interval, a start). */
  place(live: LiveWorkspace): void {
    const deadline = nextDeadline(live.facts, this.graceUntil(live), this.#options);
    const old = this.#placed.get(live);
    if (deadline === null) {
      if (old !== undefined) this.#take(live, old);
      return;
    }
    const second = Math.max(Math.ceil(deadline / TICK_MS), Math.floor(this.#lastTick / TICK_MS) + 1);
    if (old !== undefined && old <= second) return;
    if (old !== undefined) this.#take(live, old);
    const bucket = this.#wheel.get(second) ?? new Set();
    bucket.add(live);
    this.#wheel.set(second, bucket);
    this.#placed.set(live, second);
  }

  forget(live: LiveWorkspace): void {
    const old = this.#placed.get(live);
    if (old !== undefined) this.#take(live, old);
  }

  #take(live: LiveWorkspace, second: number): void {
    const bucket = this.#wheel.get(second);
    bucket?.delete(live);
    if (bucket?.size === 0) this.#wheel.delete(second);
    this.#placed.delete(live);
  }

  /** Once a second; looks at every bucket since the last time. */
  tick(): void {
    const now = this.#deps.now();
    this.#deps.unflushed.tick();
    if (now - this.#lastTick > SLEPT_MS || now < this.#lastTick) this.#listeningSince = now;
    const from = Math.min(Math.floor(this.#lastTick / TICK_MS), Math.floor(now / TICK_MS));
    const until = Math.floor(now / TICK_MS);
    this.#lastTick = now;
    for (let second = from; second <= until; second += 1) {
      const bucket = this.#wheel.get(second);
      if (!bucket) continue;
      this.#wheel.delete(second);
      for (const live of bucket) {
        this.#placed.delete(live);
        this.#look(live, now);
      }
    }
  }

  #look(live: LiveWorkspace, now: number): void {
    if (this.#deps.fleet.find(live.row.id) !== live) return;
    if (live.facts.status === 'provisioning' && this.#deps.provisioner) void this.#lookWithOutput(live);
    else this.#judge(live, now, '');
  }

  /** A start that never came up is explained by what its process wrote. */
  async #lookWithOutput(live: LiveWorkspace): Promise<void> {
    const lines = await this.#deps.provisioner?.log(live.row.id, OUTPUT_LINES).catch(() => []);
    this.#judge(live, this.#deps.now(), (lines ?? []).join('\n'));
  }

  #judge(live: LiveWorkspace, now: number, output: string): void {
    const verdict = applyClock(live.facts, now, this.graceUntil(live), { ...this.#options, output });
    void settle(this.#deps, live, verdict, ACTOR, now);
    this.place(live);
  }
}
