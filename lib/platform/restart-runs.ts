import { CanvasError } from '#lib/contract/errors.ts';
import type { LedgerEvent } from '#lib/contract/events.ts';
import { RUN_ENDS, type RunStep } from '#lib/contract/restart-steps.ts';
import type { RunStamp } from '#lib/contract/restarts.ts';
import type { SnapshotRow } from '#lib/contract/snapshots.ts';
import { nextMove, type RunState, waitsForProvisioner } from '#lib/domain/restart-run.ts';
import { applyRunOver } from '#lib/domain/run-status.ts';
import { type Db, inTransaction } from '#lib/store/in-transaction.ts';
import { appendEvents } from '#lib/store/ledger.ts';
import { insertRun, insertStamp, openRuns, updateRun } from '#lib/store/restart-runs.ts';
import { eventActorOf, platformActor } from './actor.ts';
import { Bell } from './bell.ts';
import type { Deps } from './deps.ts';
import { type LiveWorkspace, touch } from './fleet.ts';
import { joinRun } from './join-run.ts';
import { pauseAfterFailures } from './keep-trying.ts';
import { type Begun, crashRun, newRun, type RunRequest } from './new-run.ts';
import { abandonRun, insertCrashRun, isOfDrain, wakeByMessage, wantIn } from './run-edges.ts';
import { stepEvent } from './run-event.ts';
import { performMove } from './run-moves.ts';
import { type RunOutcome, RunOutcomes } from './run-outcomes.ts';
import { runOnCard, seenOf } from './run-view.ts';
import { settle } from './settle.ts';

const LOOK_EVERY_MS = 1000;
const RUNNER = eventActorOf(platformActor('restarts'));

/** A run that is under way, as this process holds it. */
export interface HeldRun {
  run: RunState;
  readonly live: LiveWorkspace;
  readonly bell: Bell;
  /** Aborted when nobody waits any longer for what the workspace answers to the signal. */
  readonly interrupt: AbortController;
}

/**
 * All restart runs that are under way, one of a workspace at the most. Each is led by a loop of its own: look (`nextMove`),
 * do (`performMove`), stamp, look again. Nothing is remembered but what is in the store, so that a platform that was killed
 * at any step goes on at that step. `changeIn` alone changes a run, but for what it waits for, which is not stored.
 */
export class RestartRuns {
  readonly #getDeps: () => Deps;
  readonly #open = new Map<string, HeldRun>();
  readonly #outcomes = new RunOutcomes();
  readonly #closing = new AbortController();
  #timer: ReturnType<typeof setInterval> | null = null;
  #begun = false;

  constructor(deps: () => Deps) {
    this.#getDeps = deps;
  }

  get #deps(): Deps {
    return this.#getDeps();
  }

  /** Aborted when the platform ends: what is under way is left where it is. */
  get ending(): AbortSignal {
    return this.#closing.signal;
  }

  /** First half of the start: takes the open runs over, and frees workspaces whose run is over but did not say so. */
  async recover(): Promise<void> {
    const deps = this.#deps;
    for (const run of await openRuns(deps.store.db)) {
      const live = deps.fleet.find(run.workspace_id);
      if (live) this.#hold(run, live);
      else await abandonRun(deps, run);
    }
    for (const live of deps.fleet.all()) {
      const owned = live.facts.status === 'draining' || live.facts.status === 'restarting';
      if (owned && !this.#open.has(live.row.id)) void settle(deps, live, applyRunOver(live.facts, deps.now()), RUNNER, deps.now());
    }
  }

  /** Second half, once processes are found again: leads every run on. */
  begin(): void {
    this.#begun = true;
    for (const held of this.#open.values()) void this.#lead(held);
    this.#timer = setInterval(() => this.tick(), LOOK_EVERY_MS);
    this.#timer.unref();
  }

  /** Rings those whose time has come. */
  tick(): void {
    for (const held of this.#open.values()) held.bell.ringIfDue(this.#deps.now());
  }

  close(): void {
    this.#closing.abort();
    if (this.#timer !== null) clearInterval(this.#timer);
    for (const held of this.#open.values()) held.bell.ring();
  }

  /** The open run of a workspace. */
  of(workspaceId: string): HeldRun | undefined {
    return this.#open.get(workspaceId);
  }

  byId(runId: string): HeldRun | undefined {
    return [...this.#open.values()].find((held) => held.run.id === runId);
  }

  /** Something about the workspace changed: its run looks again. Called for every beat of a workspace that has one. */
  poke(live: LiveWorkspace): void {
    const held = this.#open.get(live.row.id);
    if (held === undefined) return;
    this.#show(held);
    held.bell.ring();
  }

  /** A snapshot of the workspace was kept. One of the process that this run drains belongs to the run. */
  snapshotArrived(workspaceId: string, row: SnapshotRow): void {
    const held = this.#open.get(workspaceId);
    if (held !== undefined && isOfDrain(held.run, row)) void this.advance(held, { snapshot_id: row.id }).catch(() => undefined);
  }

  /** Begins a run, or joins the open one. Rejects with `conflict` when the open one is for something else. */
  async request(request: RunRequest): Promise<{ id: string; state: RunStep }> {
    const deps = this.#deps;
    const id = await deps.oneAtATime(async () => {
      const { begun, events } = await inTransaction(deps.store, async (tx) => {
        const begun = await this.beginIn(tx, request, deps.now());
        return { begun, events: await appendEvents(tx, begun.events) };
      });
      begun.commit();
      deps.feed.publish(events);
      return begun.id;
    });
    return { id, state: this.byId(id)?.run.state ?? 'requested' };
  }

  /** The same inside a transaction that the caller holds, `oneAtATime`. */
  async beginIn(tx: Db, request: RunRequest, now: number): Promise<Begun> {
    const deps = this.#deps;
    const live = deps.fleet.get(request.workspaceId);
    const held = this.#open.get(request.workspaceId);
    if (held !== undefined) {
      const change = joinRun(held.run, request, now);
      const want = await wantIn(tx, deps, live, change.kind ?? held.run.kind, now);
      const changed = await this.changeIn(tx, held, change, now);
      const commit = () => {
        want();
        if (request.force) held.interrupt.abort();
        changed();
      };
      return { id: held.run.id, joined: true, events: [], commit };
    }
    const provisioned = live.row.provisioner !== 'none' && live.row.provisioner === deps.provisioner?.kind;
    const run = newRun(live, request, provisioned, now);
    await insertRun(tx, run);
    await insertStamp(tx, run.id, { step: 'requested', at: now, detail: {} });
    const want = await wantIn(tx, deps, live, run.kind, now);
    return {
      id: run.id,
      joined: false,
      events: [stepEvent(run, 'requested', {}, run.actor, now)],
      commit: () => {
        want();
        this.#start(this.#hold(run, live));
      },
    };
  }

  /** A crash of a process that its provisioner starts again: the run that tells of it and holds its messages meanwhile. */
  async crashed(live: LiveWorkspace, why: string, detail: Record<string, unknown>): Promise<void> {
    if (this.#open.has(live.row.id)) return this.poke(live);
    const deps = this.#deps;
    const run = crashRun(live, RUNNER, why, deps.now());
    await deps.oneAtATime(async () => {
      if (this.#open.has(live.row.id) || this.ending.aborted) return;
      const events = await inTransaction(deps.store, (tx) => insertCrashRun(tx, run, detail));
      this.#start(this.#hold(run, live));
      deps.feed.publish(events);
    });
  }

  /** The provisioner started it again by itself. */
  async provisionerStarted(live: LiveWorkspace, detail: { attempt: number; pid: number | null }): Promise<void> {
    const held = this.of(live.row.id);
    if (held && waitsForProvisioner(held.run)) await this.advance(held, { attempts: held.run.attempts + 1 }, 'started', detail);
  }

  /** The provisioner tries no more. */
  async provisionerGaveUp(live: LiveWorkspace, why: string, output: string): Promise<void> {
    const held = this.of(live.row.id);
    if (held && waitsForProvisioner(held.run)) await this.advance(held, { failure: { step: 'started', why, output } }, 'failed', { why });
  }

  /** A message waits for a paused workspace whose settings say that this wakes it. */
  wake(workspaceId: string): void {
    if (!this.#open.has(workspaceId)) wakeByMessage(this.#deps, workspaceId, RUNNER);
  }

  /** Resolves when the run has ended; at once when it has. */
  whenEnded(runId: string): Promise<RunOutcome> {
    return this.#outcomes.of(this.#deps.store, runId, (id) => this.byId(id) !== undefined);
  }

  /** Changes a run, in a transaction of its own; with `step` it is stamped, and an end ends it. */
  async advance(
    held: HeldRun,
    change: Partial<RunState>,
    step: RunStep | null = null,
    detail: Record<string, unknown> = {},
    also: (tx: Db) => Promise<void> = async () => {},
  ): Promise<void> {
    const deps = this.#deps;
    await deps.oneAtATime(async () => {
      // The platform ends: the step is not stamped, and is done again by the next one.
      if (this.ending.aborted) throw new CanvasError('unavailable', 'Canvas is shutting down.');
      if (held.run.ended_at !== null) return;
      const now = deps.now();
      let events: LedgerEvent[] = [];
      const commit = await inTransaction(deps.store, async (tx) => {
        const done = await this.changeIn(tx, held, change, now, step === null ? null : { step, at: now, detail });
        await also(tx);
        if (step !== null) events = await appendEvents(tx, [stepEvent(held.run, step, detail, RUNNER, now)]);
        return done;
      });
      commit();
      deps.feed.publish(events);
    });
  }

  /** The same inside a transaction that the caller holds, `oneAtATime`. Answers what brings memory in line after its commit. */
  async changeIn(tx: Db, held: HeldRun, change: Partial<RunState>, now: number, stamp: RunStamp | null = null): Promise<() => void> {
    const ends = stamp !== null && RUN_ENDS.includes(stamp.step);
    const next: RunState = {
      ...held.run,
      ...change,
      rev: held.run.rev + 1,
      ...(stamp === null ? {} : { state: stamp.step, waits_for: '' }),
      ...(ends ? { ended_at: now } : {}),
    };
    await updateRun(tx, next);
    if (stamp !== null) await insertStamp(tx, next.id, stamp);
    return () => {
      held.run = next;
      if (ends) this.#release(held);
      else this.#show(held);
      held.bell.ring();
    };
  }

  #hold(run: RunState, live: LiveWorkspace): HeldRun {
    const held = { run, live, bell: new Bell(), interrupt: new AbortController() };
    this.#open.set(live.row.id, held);
    this.#show(held);
    return held;
  }

  #start(held: HeldRun): void {
    if (this.#begun) void this.#lead(held);
  }

  #release(held: HeldRun): void {
    if (this.#open.get(held.live.row.id) === held) this.#open.delete(held.live.row.id);
    held.live.run = null;
    touch(held.live, this.#deps.now());
    this.#deps.feed.changed(held.live.row.id);
    this.#outcomes.ended(held.run);
    // Those of its group that waited for it.
    for (const other of this.#open.values()) if (other.run.after.includes(held.run.id)) other.bell.ring();
  }

  #show(held: HeldRun): void {
    const card = runOnCard(this.#deps, held);
    if (JSON.stringify(card) === JSON.stringify(held.live.run)) return;
    held.live.run = card;
    touch(held.live, this.#deps.now());
    this.#deps.feed.changed(held.live.row.id);
  }

  async #lead(held: HeldRun): Promise<void> {
    let failures = 0;
    while (held.run.ended_at === null && !this.ending.aborted) {
      try {
        const rung = held.bell.count;
        if (this.#deps.fleet.find(held.live.row.id) !== held.live) {
          held.run = await abandonRun(this.#deps, held.run);
          return this.#release(held);
        }
        const move = nextMove(held.run, await seenOf(this.#deps, held), this.#deps.now());
        if (move.do === 'wait') {
          if (held.run.waits_for !== move.for) held.run = { ...held.run, waits_for: move.for, rev: held.run.rev + 1 };
          this.#show(held);
          await held.bell.wait(rung, move.until);
        } else await performMove(this.#deps, held, move);
        failures = 0;
      } catch (error) {
        if (this.ending.aborted) return;
        failures += 1;
        const facts = { run_id: held.run.id, workspace_id: held.live.row.id, state: held.run.state, failures, why: String(error) };
        this.#deps.log('error', 'a step of a restart could not be done; it is tried again', facts);
        await pauseAfterFailures(failures, this.ending);
      }
    }
  }
}
