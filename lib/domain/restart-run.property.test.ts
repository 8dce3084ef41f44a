import fc from 'fast-check';
import { expect, it } from 'vitest';
import { full, online, partial, T } from './beats.fixture.ts';
import { ADA, acknowledged, aRun, unheard } from './restart-run.fixture.ts';
import { nextMove, type RunState } from './restart-run.ts';
import { runChoices } from './run-choices.ts';
import { applyBeat, applyProcessEnd } from './status-engine.ts';
import type { WorkspaceFacts } from './workspace-facts.ts';

/** What happens around a run while it waits. */
const happening = fc.oneof(
  fc.record({ what: fc.constant('time' as const), ms: fc.constantFrom(1, 1000, 9000, 30_000, 90_000, 700_000) }),
  fc.record({ what: fc.constant('beat' as const), tasks: fc.integer({ min: 0, max: 3 }), whole: fc.boolean() }),
  fc.record({ what: fc.constantFrom('says drained', 'of another run', 'crash', 'boot', 'cancel', 'force', 'message', 'answered') }),
);
type Drawn = typeof happening extends fc.Arbitrary<infer V> ? V : never;
type Happening = Exclude<Drawn, { what: 'time' }> | { what: 'time'; ms: number };

const world = fc.record({
  kind: fc.constantFrom('restart', 'restart', 'pause', 'resume', 'drain'),
  origin: fc.constantFrom('request', 'request', 'address'),
  can_stop: fc.boolean(),
  heard: fc.boolean(),
  bootIds: fc.boolean(),
  deadline: fc.constantFrom(0, 60, null),
  crashed: fc.boolean(),
  starts: fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }),
  happenings: fc.array(happening, { maxLength: 25 }),
});
type World = typeof world extends fc.Arbitrary<infer V> ? V : never;

/** Plays a run as the platform does, with a world in the place of processes and people. */
class Play {
  run: RunState;
  facts: WorkspaceFacts;
  now = T;
  running = true;
  underWay = 0;
  boots = 1;
  readonly stamps: string[] = [];
  readonly #world: World;

  constructor(given: World) {
    this.#world = given;
    const own = given.crashed ? ({ state: 'stopped', origin: 'crash', self_starting: true, started_at: T } as const) : {};
    const kind = given.crashed ? 'restart' : given.can_stop || given.kind === 'drain' ? given.kind : 'restart';
    const forced = given.deadline === 0 ? T : null;
    this.run = aRun({ kind, origin: given.origin, deadline_seconds: given.deadline, forced_at: forced, ...own });
    this.run.boot_id_before = given.bootIds ? 'b1' : null;
    this.facts = {
      ...online(),
      boot_id: this.run.boot_id_before,
      booted_at: T - 60_000,
      last_beat_at: T - 1000,
      last_full_beat_at: T - 1000,
    };
    if (kind === 'resume' || given.crashed) this.#end();
  }

  get over(): boolean {
    return this.run.ended_at !== null;
  }

  get #canStop(): boolean {
    return this.#world.can_stop || this.#world.crashed;
  }

  /** Goes on until it waits or is over; no run may turn in circles. */
  go(): void {
    for (let moves = 0; moves < 40; moves += 1) {
      if (!this.#move()) return;
    }
    throw new Error(`It turns in circles: ${this.stamps.join(' ')}`);
  }

  #move(): boolean {
    const seen = {
      facts: this.facts,
      running: this.running,
      can_stop: this.#canStop,
      turn_of: '',
      under_way: this.underWay,
      start_timeout_ms: 600_000,
    };
    const move = nextMove(this.run, seen, this.now);
    switch (move.do) {
      case 'wait':
        return false;
      case 'signal':
        this.#stamp('signalled', {
          signal: this.#world.heard ? acknowledged : unheard,
          signalled_at: this.now,
          deadline_at: this.run.deadline_seconds === null ? null : this.now + this.run.deadline_seconds * 1000,
          force_told: this.run.forced_at !== null,
        });
        return true;
      case 'tell_force':
        this.run = { ...this.run, force_told: true };
        return true;
      case 'stamp':
        if (move.step === 'drained') expect(move.detail['how']).not.toBe('');
        this.#stamp(move.step, move.step === 'online' ? {} : { drained_at: this.now });
        return true;
      case 'save':
        this.#stamp('snapshot_saved', { snapshot_id: this.running ? 's' : null });
        return true;
      case 'stop':
        expect(this.stamps.some((step) => step === 'drained' || step === 'deadline_passed')).toBe(true);
        this.run = { ...this.run, stopping: true };
        this.#end();
        this.#stamp('stopped', { stopping: false, attempts: 0, started_at: null });
        return true;
      case 'start':
        this.#start();
        return true;
      case 'start_failed':
        this.#end();
        if (this.run.attempts < 2) this.#start();
        else this.#stamp('failed', {});
        return true;
      case 'restore':
        this.#stamp('restored', {});
        return true;
      case 'finish':
        this.#stamp('done', {});
        return true;
      case 'cancel':
        expect(this.run.stopping).toBe(false);
        expect(this.stamps).not.toContain('stopped');
        this.#stamp('cancelled', {});
        return true;
    }
  }

  #start(): void {
    const begins = this.#world.starts[this.run.attempts] ?? true;
    this.run = { ...this.run, started_at: this.now, attempts: this.run.attempts + 1 };
    if (!begins && this.run.attempts >= 2) this.#stamp('failed', {});
    else if (!begins) this.#start();
    else {
      this.running = true;
      this.#stamp('started', {});
    }
  }

  #stamp(step: RunState['state'], change: Partial<RunState>): void {
    this.stamps.push(step);
    const ends = step === 'done' || step === 'cancelled' || step === 'failed';
    this.run = { ...this.run, ...change, state: step, ended_at: ends ? this.now : null };
  }

  #end(): void {
    if (this.running) this.facts = applyProcessEnd(this.facts, { code: 0, signal: null, output: '', restarting: false }, this.now).facts;
    this.running = false;
  }

  #beat(beat: Parameters<typeof applyBeat>[1]): void {
    if (!this.running) return;
    const { boot_id: _, ...rest } = beat;
    const uptime = this.facts.booted_at === null ? 1 : Math.max(1, Math.floor((this.now - this.facts.booted_at) / 1000));
    const id = this.#world.bootIds ? { boot_id: `b${this.boots}` } : {};
    this.facts = applyBeat(this.facts, { ...rest, ...id, ...(beat.uptime_seconds ? { uptime_seconds: uptime } : {}) }, this.now).facts;
  }

  boot(): void {
    this.now += 1;
    this.#end();
    this.boots += 1;
    this.running = true;
    this.now += 1;
    this.#beat(full({ uptime_seconds: 1 }));
  }

  happens(event: Happening): void {
    const choices = runChoices(this.run, 1, false);
    if (event.what === 'time') this.now += event.ms;
    else this.now += 1;
    if (event.what === 'beat') this.#beat(event.whole ? full({ active_tasks: event.tasks }) : partial({ active_tasks: event.tasks }));
    if (event.what === 'says drained') this.#beat(full({ drain: { run_id: this.run.id, state: 'drained', in_flight: [] } }));
    if (event.what === 'of another run') this.#beat(full({ active_tasks: 1, drain: { run_id: 'other', state: 'drained', in_flight: [] } }));
    if (event.what === 'crash') this.#end();
    // Nobody starts a second process beside one that runs; a provisioner starts again only what it had started.
    if (event.what === 'boot' && (!this.#canStop || (!this.running && !this.stamps.includes('stopped')))) this.boot();
    if (event.what === 'cancel' && choices.cancel) this.run = { ...this.run, cancelled_by: ADA };
    if (event.what === 'force' && choices.force) this.run = { ...this.run, forced_at: this.now, force: true };
    if (event.what === 'message') this.underWay = 1;
    if (event.what === 'answered') this.underWay = 0;
  }

  /** From here on the world is well: work ends, processes beat, and who must start it does so. */
  allIsWell(): void {
    this.underWay = 0;
    for (let round = 0; round < 12 && !this.over; round += 1) {
      this.now += 20_000;
      const starts = this.run.state === 'started' || (this.run.self_starting && !this.running) || (!this.#canStop && !this.running);
      if (starts || (this.run.state === 'snapshot_saved' && this.run.kind !== 'drain')) this.boot();
      else this.#beat(full({ drain: { run_id: this.run.id, state: 'drained', in_flight: [] } }));
      this.go();
      if (this.run.kind === 'drain' && this.run.state === 'snapshot_saved') this.run = { ...this.run, cancelled_by: ADA };
    }
  }
}

it('every run ends, whatever happened before, once the world is well', () => {
  fc.assert(
    fc.property(world, (given) => {
      const play = new Play(given);
      for (const event of given.happenings) {
        play.go();
        if (play.over) break;
        play.happens(event);
      }
      play.go();
      play.allIsWell();
      expect(play.over, `stuck: ${play.run.state} after ${play.stamps.join(' ')}`).toBe(true);
    }),
    { numRuns: 5000 },
  );
});

it('a run with a deadline of what Canvas runs ends also when nobody ever says a word', () => {
  fc.assert(
    fc.property(world, (given) => {
      const play = new Play({
        ...given,
        can_stop: true,
        deadline: given.deadline ?? 60,
        kind: given.kind === 'drain' ? 'restart' : given.kind,
      });
      for (let hour = 0; hour < 5; hour += 1) {
        play.go();
        play.happens({ what: 'time', ms: 3_600_000 });
      }
      play.go();
      expect(play.over, `stuck: ${play.run.state} after ${play.stamps.join(' ')}`).toBe(true);
    }),
    { numRuns: 1000 },
  );
});

it('time alone never drains', () => {
  fc.assert(
    fc.property(world, fc.array(fc.integer({ min: 1, max: 10_000_000 }), { minLength: 1, maxLength: 8 }), (given, pauses) => {
      const play = new Play({ ...given, kind: 'restart', crashed: false });
      for (const ms of pauses) {
        play.go();
        play.happens({ what: 'time', ms });
      }
      play.go();
      expect(play.stamps).not.toContain('drained');
    }),
    { numRuns: 1000 },
  );
});

it('the steps come in their order, each once but a start and what it came to', () => {
  const order = ['signalled', 'drained', 'deadline_passed', 'snapshot_saved', 'stopped', 'started', 'online', 'restored', 'done'];
  fc.assert(
    fc.property(world, (given) => {
      const play = new Play(given);
      for (const event of given.happenings) {
        play.go();
        if (play.over) break;
        play.happens(event);
      }
      play.allIsWell();
      const taken = play.stamps.filter((step) => step !== 'cancelled' && step !== 'failed');
      // A start whose process ends again is tried once more: the steps go on from the last one.
      const last = taken.lastIndexOf('started');
      const inOrder = taken.filter((step, at) => at >= last || (step !== 'started' && step !== 'online'));
      expect(inOrder).toEqual([...inOrder].sort((a, b) => order.indexOf(a) - order.indexOf(b)));
      const once = taken.filter((step) => step !== 'started' && step !== 'online');
      expect(once).toHaveLength(new Set(once).size);
      expect(taken.includes('drained') && taken.includes('deadline_passed')).toBe(false);
    }),
    { numRuns: 3000 },
  );
});
