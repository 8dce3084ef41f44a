import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { full, online, partial, T, wedged } from './beats.fixture.ts';
import { applyDraining, applyRestarting, applyRunFailed, applyRunOver, applyRunStart } from './run-status.ts';
import { applyBeat, applyClock, applyGaveUp, applyProcessEnd, applyRemove, applyStart, applyStop, nextDeadline } from './status-engine.ts';
import type { WorkspaceFacts } from './workspace-facts.ts';
import { newFacts } from './workspace-facts.ts';

const NOW = T + 20_000;
const drained = (facts: WorkspaceFacts = online()) => applyDraining(facts, 'Ada', 'restart', NOW).facts;
const restarting = (facts: WorkspaceFacts = online()) => applyRestarting(facts, 'Ada', NOW).facts;
const ended = (facts: WorkspaceFacts) => applyProcessEnd(facts, { code: 0, signal: null, output: '', restarting: false }, NOW).facts;

test('a run says who it is for', () => {
  expect(applyDraining(online(), 'Ada', 'restart', NOW).transition).toMatchObject({
    from: 'online',
    to: 'draining',
    cause: 'restart',
    reason: 'Finishing its work before a restart, asked for by Ada',
    evidence: { by: 'Ada', was: 'online' },
  });
  expect(applyRestarting(drained(), 'Ada', NOW).transition).toMatchObject({
    from: 'draining',
    to: 'restarting',
    reason: 'Restarted by Ada',
  });
});

test('told twice it happens once', () => {
  expect(applyDraining(drained(), 'Ada', 'restart', NOW + 5).transition).toBeNull();
  expect(applyRestarting(restarting(), 'Ada', NOW + 5).transition).toBeNull();
});

describe('when it is over, the status is what the facts say', () => {
  const over = (facts: WorkspaceFacts, now = NOW + 1000) => {
    const verdict = applyRunOver(facts, now);
    return [verdict.facts.status, verdict.facts.cause, verdict.facts.drain];
  };
  const beat = (facts: WorkspaceFacts, ...beats: Parameters<typeof applyBeat>[1][]) =>
    beats.reduce((before, one) => applyBeat(before, one, NOW + 500).facts, facts);
  test.each<[string, () => WorkspaceFacts, unknown[]]>([
    ['it beats', () => beat(drained(), full()), ['online', null, null]],
    [
      'it still says that it drains',
      () => beat(drained(), full({ drain: { run_id: 'r', state: 'drained', in_flight: [] } })),
      ['online', null, null],
    ],
    ['it is stuck', () => beat(drained(), wedged()), ['degraded', 'wedged', null]],
    ['its requests fail', () => beat(drained(), full({ error_rate: 1, requests: 50 })), ['degraded', 'errors', null]],
    [
      'the new process is well, the old was stuck',
      () => beat(restarting(ended(online(wedged()))), full({ boot_id: 'b2' })),
      ['online', null, null],
    ],
    ['its process ended', () => ended(drained()), ['offline', 'process_ended', null]],
    ['it never beat, and was started here', () => restarting(newFacts(true, T)), ['provisioning', null, null]],
    ['it never beat, and is run elsewhere', () => drained(newFacts(false, T)), ['awaiting_agent', 'not_connected', null]],
  ])('%s', (_name, facts, expected) => expect(over(facts())).toEqual(expected));

  test('it has been silent for too long meanwhile', () => {
    expect(over(drained(), NOW + 500_000)).toEqual(['offline', 'lapse', null]);
    expect(over(drained({ ...online(), provisioned: false }), NOW + 500_000)).toEqual(['awaiting_agent', 'lapse', null]);
  });

  test('and what the run does not own is left alone', () => {
    for (const facts of [online(), applyStop(online(), 'Ada', NOW).facts, ended(online())]) {
      expect(applyRunOver(facts, NOW)).toMatchObject({ facts, transition: null });
    }
  });
});

test('a start begins the wait for the first beat, and the status stays with the run', () => {
  const { facts, transition } = applyRunStart(restarting(), NOW + 7);
  expect([facts.status, facts.expected_since, facts.provisioned, transition]).toEqual(['restarting', NOW + 7, true, null]);
});

test('a start that failed says how its process ended, and its last words', () => {
  const failure = { code: 2, signal: null, output: 'hello\nagent.kind: "cmmand" is not known: error\n', said: 'x' };
  const { facts, transition } = applyRunFailed(restarting(), failure, NOW);
  expect(facts).toMatchObject({ status: 'failed', cause: 'start_failed', ended_at: NOW, uptime_seconds: null, drain: null });
  expect(facts.reason).toBe('It could not be started: its process ended with code 2: agent.kind: "cmmand" is not known: error');
  expect(transition?.evidence).toMatchObject({ code: 2, output: expect.stringContaining('hello') });
});

test('what was removed stays so', () => {
  const removed = applyRemove(online(), 'Ada', NOW).facts;
  for (const verdict of [
    applyDraining(removed, 'Bo', 'restart', NOW),
    applyRestarting(removed, 'Bo', NOW),
    applyRunStart(removed, NOW),
    applyRunOver(removed, NOW),
    applyRunFailed(removed, { code: null, signal: null, output: '', said: '' }, NOW),
  ]) {
    expect(verdict).toMatchObject({ facts: removed, transition: null });
    expect(verdict.facts).toBe(removed);
  }
});

test('nothing but the run ends what it owns: no beat, no end, no clock, no start by the provisioner', () => {
  const any = fc.constantFrom<(facts: WorkspaceFacts, now: number) => WorkspaceFacts>(
    (facts, now) => applyBeat(facts, full(), now).facts,
    (facts, now) => applyBeat(facts, wedged(), now).facts,
    (facts, now) => applyBeat(facts, partial(), now).facts,
    (facts, now) => applyBeat(facts, full({ boot_id: `b${now}`, uptime_seconds: 0 }), now).facts,
    (facts, now) => applyProcessEnd(facts, { code: 1, signal: null, output: '', restarting: true }, now).facts,
    (facts, now) => applyGaveUp(facts, { restarts: 3, window_seconds: 60, output: '' }, now).facts,
    (facts, now) => applyStart(facts, now).facts,
    (facts, now) => applyClock(facts, now + 10_000_000, 0).facts,
  );
  fc.assert(
    fc.property(fc.boolean(), fc.array(any, { maxLength: 20 }), (drains, steps) => {
      const begin = drains ? drained() : restarting();
      const end = steps.reduce((facts, step, at) => step(facts, NOW + at * 1000), begin);
      expect([end.status, end.cause, end.reason, end.since]).toEqual([begin.status, 'restart', begin.reason, begin.since]);
      expect(nextDeadline(end, 0)).toBeNull();
      // Once it is over, a beat and the clock bring it where any other workspace would be.
      const later = NOW + 50_000;
      const free = applyBeat(applyRunOver(end, later).facts, full({ boot_id: 'last' }), later + 20_000).facts;
      expect([free.status, applyClock(free, later + 500_000, 0).facts.status]).toEqual(['online', 'offline']);
    }),
    { numRuns: 500 },
  );
});
