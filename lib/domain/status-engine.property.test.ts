import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Heartbeat } from '#lib/contract/heartbeat.ts';
import { applyBeat, applyClock } from './status-engine.ts';
import type { Transition } from './verdict.ts';
import { newFacts, type WorkspaceFacts } from './workspace-facts.ts';

/**
 * An oracle that knows no state machine: it keeps the whole log and answers each question by looking back through it.
 * Boots are numbered by the generator, so it needs no rule for telling them apart.
 */
type Step = { at: number } & ({ kind: 'tick' } | { kind: 'beat'; boot: number; full: boolean; beat: Heartbeat });
type BeatStep = Extract<Step, { kind: 'beat' }>;

const START = 1_000_000_000;
const isBeat = (step: Step): step is BeatStep => step.kind === 'beat';

function oracleWedged(log: Step[]): boolean {
  const last = log.filter(isBeat).findLast((step) => step.full || step.beat.runtime_state === 'wedged');
  return last?.beat.runtime_state === 'wedged';
}

function oracleFailing(log: Step[]): boolean {
  const all = log.filter(isBeat).filter((step) => step.full);
  const says = (step: BeatStep) => step.beat.runtime_metadata?.capabilities?.['status_mgmt'];
  const managedAt = (index: number) => all.slice(0, index + 1).findLast((step) => says(step) !== undefined);
  const managed = all.findLastIndex((_step, index) => managedAt(index) !== undefined && says(managedAt(index) as BeatStep) === true);
  const boot = all.at(-1)?.boot;
  const counted = all.slice(managed + 1).filter((step) => step.boot === boot && step.beat.error_rate !== undefined);
  const verdicts: boolean[] = [];
  let small: number[] = [];
  for (const { beat } of counted) {
    const rate = beat.error_rate ?? 0;
    if (beat.requests === undefined || beat.requests >= 5) {
      small = [];
      if (rate >= 0.5 || rate < 0.1) verdicts.push(rate >= 0.5);
    } else {
      small.push(...Array.from({ length: beat.requests }, () => Math.round(rate * 10_000)));
      if (small.length >= 5) {
        const mean = small.reduce((a, b) => a + b, 0) / small.length / 10_000;
        small = [];
        if (mean >= 0.5 || mean < 0.1) verdicts.push(mean >= 0.5);
      }
    }
  }
  return verdicts.at(-1) ?? false;
}

function oracle(log: Step[], provisioned: boolean): { status: string; cause: string | null; late: boolean } {
  const last = log.findLastIndex(isBeat);
  if (last < 0) {
    const failed = provisioned && log.some((step) => step.at - START > 600_000);
    if (!provisioned) return { status: 'awaiting_agent', cause: 'not_connected', late: false };
    return failed ? { status: 'failed', cause: 'no_first_beat', late: false } : { status: 'provisioning', cause: null, late: false };
  }
  const interval =
    log.filter(isBeat).findLast((step) => step.full && step.beat.interval_seconds !== undefined)?.beat.interval_seconds ?? 30;
  const silences = log.slice(last + 1).map((tick) => tick.at - (log[last]?.at ?? 0));
  if (silences.some((ms) => ms > Math.max(90_000, interval * 3000))) {
    return { status: provisioned ? 'offline' : 'awaiting_agent', cause: 'lapse', late: false };
  }
  const late = silences.some((ms) => ms > interval * 2000);
  if (oracleWedged(log)) return { status: 'degraded', cause: 'wedged', late };
  if (oracleFailing(log)) return { status: 'degraded', cause: 'errors', late };
  return { status: 'online', cause: null, late };
}

const rate = fc.constantFrom(0, 0.05, 0.0999, 0.1, 0.3, 0.4999, 0.5, 0.61, 1);
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const gap = fc.constantFrom(0, 1, 500, 5000, 10_000, 10_001, 30_000, 60_000, 60_001, 90_000, 90_001, 200_000, 601_000);

const raw = fc.record({
  gap,
  kind: fc.constantFrom('full', 'full', 'full', 'partial', 'partial', 'tick', 'tick'),
  chance: fc.integer({ min: 0, max: 9 }),
  wedged: fc.constantFrom('wedged', 'wedged', '', null, undefined, undefined, undefined),
  rate: optional(rate),
  requests: optional(fc.constantFrom(0, 1, 2, 4, 5, 23)),
  interval: optional(fc.constantFrom(5, 30, 60, 300)),
  manages: optional(fc.boolean()),
  tasks: optional(fc.integer({ min: 0, max: 3 })),
  times: fc.constantFrom(1, 1, 1, 2, 3),
});
type Raw = typeof raw extends fc.Arbitrary<infer T> ? T : never;

/** Duplicates are the same beat delivered again at once, as a retry does. */
function toLog(steps: Raw[], bootIds: boolean): Step[] {
  const log: Step[] = [];
  let at = START;
  let boot = 1;
  let bootAt = START - 1000;
  let uptime = 0;
  for (const step of steps) {
    at += step.gap;
    if (step.kind === 'tick') {
      log.push({ at, kind: 'tick' });
      continue;
    }
    const full = step.kind === 'full';
    // Without boot ids a boot can only be told by an uptime that is below the one before.
    if (full && step.chance === 0 && (bootIds || uptime > 0)) {
      boot += 1;
      bootAt = at;
    }
    if (full) uptime = Math.floor((at - bootAt) / 1000);
    const beat: Heartbeat = {
      workspace_id: 'a',
      error_rate: full ? step.rate : 0,
      sample_error: step.wedged === 'wedged' ? 'stuck' : '',
      active_tasks: step.tasks,
      uptime_seconds: full ? uptime : 0,
      requests: step.requests,
      interval_seconds: step.interval,
      // A partial beat rarely says that it is wedged, and never that it is not.
      runtime_state: full || step.chance === 1 ? step.wedged : undefined,
      ...(full ? { runtime_metadata: step.manages === undefined ? {} : { capabilities: { status_mgmt: step.manages } } } : {}),
      ...(bootIds ? { boot_id: `boot-${boot}` } : {}),
    };
    for (let i = 0; i < step.times; i += 1) log.push({ at, kind: 'beat', boot, full, beat });
  }
  return log;
}

function run(log: Step[], provisioned: boolean): { facts: WorkspaceFacts; transitions: Transition[] } {
  let facts = newFacts(provisioned, START);
  const transitions: Transition[] = [];
  for (const step of log) {
    const verdict = step.kind === 'tick' ? applyClock(facts, step.at, 0) : applyBeat(facts, step.beat, step.at);
    if (verdict.transition) transitions.push(verdict.transition);
    facts = verdict.facts;
  }
  return { facts, transitions };
}

const logs = fc.tuple(fc.array(raw, { maxLength: 40 }), fc.boolean(), fc.boolean());

it('any order of beats, duplicates, partial beats and silences ends where the rules say', () => {
  fc.assert(
    fc.property(logs, ([steps, provisioned, bootIds]) => {
      const log = toLog(steps, bootIds);
      const { facts } = run(log, provisioned);
      expect({ status: facts.status, cause: facts.cause, late: facts.late }).toEqual(oracle(log, provisioned));
    }),
    { numRuns: 4000 },
  );
});

it('transitions join up without gaps, and none goes nowhere', () => {
  fc.assert(
    fc.property(logs, ([steps, provisioned, bootIds]) => {
      const start = newFacts(provisioned, START);
      const { facts, transitions } = run(toLog(steps, bootIds), provisioned);
      let status = start.status;
      let cause = start.cause;
      for (const transition of transitions) {
        expect(transition.from).toBe(status);
        expect([transition.to, transition.cause]).not.toEqual([status, cause]);
        expect(transition.reason).not.toBe('');
        expect(transition.reason.length).toBeLessThanOrEqual(2000);
        ({ to: status, cause } = transition);
      }
      expect([facts.status, facts.cause, facts.since]).toEqual([status, cause, transitions.at(-1)?.at ?? START]);
    }),
    { numRuns: 1500 },
  );
});

it('repeating a beat at once changes nothing but what is counted', () => {
  fc.assert(
    fc.property(logs, ([steps, provisioned, bootIds]) => {
      const log = toLog(steps, bootIds);
      const last = log.findLast(isBeat);
      const { facts } = run(log, provisioned);
      fc.pre(last !== undefined && !(last.beat.requests !== undefined && last.beat.requests < 5));
      if (last === undefined || log.at(-1) !== last) return;
      const again = applyBeat(facts, last.beat, last.at);
      expect([again.transition, again.booted, again.facts]).toEqual([null, null, facts]);
    }),
    { numRuns: 500 },
  );
});

it('late always comes before offline when the clock looks often enough', () => {
  fc.assert(
    fc.property(fc.constantFrom(5, 17, 30, 44, 45, 60, 300), fc.integer({ min: 1, max: 5000 }), (interval, everyMs) => {
      let facts = applyBeat(newFacts(true, START), { workspace_id: 'a', uptime_seconds: 5, interval_seconds: interval }, START).facts;
      const seen: string[] = [];
      for (let now = START; facts.status !== 'offline'; now += everyMs + 1000) {
        facts = applyClock(facts, now, 0).facts;
        const word = facts.late ? 'late' : facts.status;
        if (seen.at(-1) !== word) seen.push(word);
      }
      expect(seen).toEqual(['online', 'late', 'offline']);
    }),
  );
});
