import { describe, expect, it } from 'vitest';
import { full, METADATA, online, partial, T, wedged } from './beats.fixture.ts';
import { graceUntilOf } from './liveness.ts';
import {
  applyBeat,
  applyClock,
  applyGaveUp,
  applyProcessEnd,
  applyRemove,
  applyStart,
  applyStop,
  ECHO_MS,
  nextDeadline,
} from './status-engine.ts';
import { newFacts } from './workspace-facts.ts';

describe('the clock', () => {
  const at = (interval_seconds: number) => applyBeat(newFacts(true, T), full({ interval_seconds }), T).facts;
  it.each([
    [5, 10_000, 90_000],
    [30, 60_000, 90_000],
    [60, 120_000, 180_000],
    [300, 600_000, 900_000],
  ])('at an interval of %i s calls late after %i ms and lapsed after %i ms', (interval, late, lapse) => {
    expect(applyClock(at(interval), T + late, 0).facts.late).toBe(false);
    const lateNow = applyClock(at(interval), T + late + 1, 0);
    expect([lateNow.facts.late, lateNow.facts.status, lateNow.transition]).toEqual([true, 'online', null]);
    expect(applyClock(lateNow.facts, T + lapse, 0).facts.status).toBe('online');
    const { facts, transition } = applyClock(lateNow.facts, T + lapse + 1, 0);
    expect([facts.status, facts.cause, facts.late]).toEqual(['offline', 'lapse', false]);
    expect(transition).toMatchObject({
      from: 'online',
      to: 'offline',
      cause: 'lapse',
      evidence: { last_beat_at: T, limit_ms: lapse, interval_seconds: interval },
    });
  });
  it('says how long nothing was heard', () => {
    expect(applyClock(at(30), T + 92_000, 0).transition?.reason).toBe('No beat for 92 s');
    expect(applyClock(at(30), T + 7_200_000, 0).transition?.reason).toBe('No beat for 2 h');
  });
  it('waits for the agent of a workspace that nobody here runs', () => {
    const own = applyBeat(newFacts(false, T), full(), T).facts;
    expect(applyClock(own, T + 100_000, 0).facts).toMatchObject({ status: 'awaiting_agent', cause: 'lapse' });
  });
  it('lapses what is degraded too, and a beat brings it back to where it was', () => {
    const gone = applyClock(applyBeat(at(30), wedged(), T).facts, T + 91_000, 0).facts;
    expect(gone.status).toBe('offline');
    expect(applyBeat(gone, partial(), T + 95_000).facts).toMatchObject({ status: 'degraded', cause: 'wedged' });
  });
  it('ends lateness with any beat', () => {
    const late = applyClock(at(30), T + 70_000, 0).facts;
    expect(applyBeat(late, partial(), T + 71_000).facts.late).toBe(false);
  });
  it.each(['paused', 'draining', 'restarting', 'removed', 'failed', 'offline', 'awaiting_agent'] as const)('leaves %s alone', (status) => {
    const facts = { ...at(30), status };
    expect(applyClock(facts, T + 1e9, 0)).toEqual({ facts, transition: null, booted: null, token_accepted_again: false });
    expect(nextDeadline(facts, 0)).toBeNull();
  });
  it('fails a start without a first beat after ten minutes, with what its last output complains of as the reason', () => {
    const start = newFacts(true, T);
    expect(applyClock(start, T + 600_000, 0).facts).toBe(start);
    const { facts, transition } = applyClock(start, T + 600_001, 0, { output: 'npm ERR! missing\nbye\n' });
    expect(facts).toMatchObject({ status: 'failed', cause: 'no_first_beat', reason: 'No first beat within 10 min: npm ERR! missing' });
    expect(transition?.evidence).toMatchObject({ waited_ms: 600_001 });
    expect(applyClock(start, T + 5001, 0, { provisioningTimeoutMs: 5000 }).facts.status).toBe('failed');
  });

  describe('after the platform was away', () => {
    const back = T + 3_600_000;
    it.each([5, 30, 300])('nobody is late or lapsed for that time (interval %i s)', (interval) => {
      const grace = graceUntilOf(back, interval);
      const facts = at(interval);
      expect(applyClock(facts, grace, grace).facts).toBe(facts);
      expect(applyClock(facts, grace + 1, grace).facts).toMatchObject({ status: 'online', late: true });
      const lapse = back + Math.max(90_000, interval * 3000);
      expect(applyClock(facts, lapse, grace).facts.status).toBe('online');
      expect(applyClock(facts, lapse + 1, grace).facts.status).toBe('offline');
    });
    it('nothing lapses inside a grace that is longer than the rule', () => {
      const facts = at(30);
      expect(applyClock(facts, back + 899_999, back + 900_000).facts).toBe(facts);
    });
    it('no start fails inside the grace, however short its own time is', () => {
      const grace = graceUntilOf(back, 30);
      expect(applyClock(newFacts(true, T), grace - 1, grace, { provisioningTimeoutMs: 5000 }).facts.status).toBe('provisioning');
      expect(applyClock(newFacts(true, T), grace, grace, { provisioningTimeoutMs: 5000 }).facts.status).toBe('failed');
    });
    it('a start gets its ten minutes anew', () => {
      expect(applyClock(newFacts(true, T), back + 600_000, graceUntilOf(back, 30)).facts.status).toBe('provisioning');
    });
  });

  it('names the next moment at which it would change something', () => {
    for (const start of [at(5), at(30), at(300), newFacts(true, T), applyBeat(at(30), wedged(), T).facts]) {
      for (const grace of [0, T + 40_000, T + 5_000_000]) {
        let facts = start;
        for (let deadline = nextDeadline(facts, grace); deadline !== null; deadline = nextDeadline(facts, grace)) {
          expect(applyClock(facts, deadline - 1, grace).facts).toBe(facts);
          const changed = applyClock(facts, deadline, grace).facts;
          expect(changed).not.toBe(facts);
          facts = changed;
        }
        expect(['offline', 'failed']).toContain(facts.status);
      }
    }
  });
});

describe('the provisioner', () => {
  const end = (extra: Partial<{ code: number | null; signal: string | null; output: string; restarting: boolean }> = {}) => ({
    code: 1,
    signal: null,
    output: '',
    restarting: false,
    ...extra,
  });
  it.each([
    [end({ code: 137 }), 'Its process ended with code 137 (killed: out of memory?)'],
    [end({ code: null, signal: 'SIGKILL' }), 'Its process was ended by SIGKILL (killed: out of memory?)'],
    [end({ code: null, signal: 'SIGTERM' }), 'Its process was ended by SIGTERM'],
    [end({ output: 'Error: no model\n', restarting: true }), 'Its process ended with code 1; it is started again: Error: no model'],
  ])('%o: offline at once, with %s', (ended, reason) => {
    const { facts, transition } = applyProcessEnd(online(), ended, T + 50_000);
    expect(facts).toMatchObject({ status: 'offline', cause: 'process_ended', reason, uptime_seconds: null });
    expect(transition?.evidence).toMatchObject({ code: ended.code, signal: ended.signal, boot_id: 'b1' });
  });
  it('keeps the last words of a long output', () => {
    const { facts } = applyProcessEnd(online(), end({ output: `${'noise\n'.repeat(1000)}Error: the end` }), T);
    expect(facts.reason.length).toBeLessThanOrEqual(2000);
    expect(facts.reason.endsWith('Error: the end')).toBe(true);
  });
  it.each(['paused', 'draining', 'restarting', 'removed', 'failed'] as const)('an end changes no status of %s', (status) => {
    expect(applyProcessEnd({ ...online(), status }, end(), T).transition).toBeNull();
  });
  it('takes a beat of a boot just seen to end for its echo, not for life', () => {
    const ended = applyProcessEnd(online(), end(), T + 50_000).facts;
    expect(applyBeat(ended, full(), T + 50_000 + ECHO_MS - 1).facts.status).toBe('offline');
    expect(applyBeat(ended, partial(), T + 50_000 + ECHO_MS - 1).facts.status).toBe('offline');
    expect(applyBeat(ended, full(), T + 50_000 + ECHO_MS).facts.status).toBe('online');
    expect(applyBeat(ended, full({ boot_id: 'b2' }), T + 50_001)).toMatchObject({
      facts: { status: 'online' },
      booted: { boot_id: 'b2', previous_boot_id: 'b1' },
    });
  });
  it('takes the first full beat after a seen end for a boot when there is no boot id', () => {
    const bare = (uptime_seconds: number) => ({ workspace_id: 'a', uptime_seconds, runtime_metadata: METADATA });
    const ended = applyProcessEnd(applyBeat(newFacts(true, T), bare(3), T).facts, end(), T + 5000).facts;
    expect(applyBeat(ended, bare(20), T + 30_000)).toMatchObject({
      booted: { boot_id: null },
      facts: { status: 'online', ended_at: null },
    });
    const partialFirst = applyBeat(ended, partial(), T + 20_000).facts;
    expect(partialFirst.status).toBe('online');
    expect(applyBeat(partialFirst, bare(20), T + 30_000).booted).not.toBeNull();
  });
  it('gives up: failed, with how often and the last output', () => {
    const { facts, transition } = applyGaveUp(online(), { restarts: 3, window_seconds: 600, output: 'EADDRINUSE' }, T);
    expect(facts).toMatchObject({
      status: 'failed',
      cause: 'start_failed',
      reason: 'Started again 3 times within 10 min and ended each time; not tried again: EADDRINUSE',
    });
    expect(transition?.evidence).toMatchObject({ restarts: 3 });
    expect(applyGaveUp({ ...online(), status: 'paused' }, { restarts: 3, window_seconds: 600, output: '' }, T).facts.status).toBe('paused');
  });
});

describe('an operator', () => {
  it('stops: paused until it is started', () => {
    const stopped = applyStop(online(), 'this machine', T + 1).facts;
    expect(stopped).toMatchObject({ status: 'paused', cause: 'stopped', reason: 'Stopped by this machine', since: T + 1 });
    expect(applyStop(stopped, 'this machine', T + 2).transition).toBeNull();
    expect(applyStop(online(), 'Ada', T + 1, 'moving hosts').facts.reason).toBe('Stopped by Ada: moving hosts');
    const started = applyStart(stopped, T + 60_000);
    expect(started.facts).toMatchObject({ status: 'provisioning', cause: null, expected_since: T + 60_000 });
    expect(started.transition).toMatchObject({ from: 'paused', to: 'provisioning', reason: 'It was started' });
    expect(applyClock(started.facts, T + 660_000, 0).facts.status).toBe('provisioning');
  });
  it('starts what already beats: nothing changes', () => {
    const facts = online();
    expect(applyStart(facts, T).facts).toBe(facts);
  });
  it.each(['offline', 'failed', 'awaiting_agent'] as const)('starts what is %s', (status) => {
    expect(applyStart({ ...online(), status }, T).facts).toMatchObject({ status: 'provisioning', provisioned: true });
  });
  it('removes for good', () => {
    const { facts } = applyRemove(online(), 'this machine', T);
    expect(facts.status).toBe('removed');
    for (const after of [
      applyStart(facts, T),
      applyStop(facts, 'x', T),
      applyBeat(facts, full({ boot_id: 'b2' }), T),
      applyClock(facts, T + 1e9, 0),
    ]) {
      expect([after.facts.status, after.transition]).toEqual(['removed', null]);
    }
  });
});
