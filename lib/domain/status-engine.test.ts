import { describe, expect, it } from 'vitest';
import type { Heartbeat } from '#lib/contract/heartbeat.ts';
import type { StatusCause, WorkspaceStatus } from '#lib/contract/workspace-status.ts';
import { graceUntilOf } from './liveness.ts';
import {
  applyBeat,
  applyClock,
  applyGaveUp,
  applyProcessEnd,
  applyRemove,
  applyStart,
  applyStop,
  applyTokenRejected,
  ECHO_MS,
  nextDeadline,
  type Verdict,
} from './status-engine.ts';
import { newFacts, type WorkspaceFacts } from './workspace-facts.ts';

const T = 1_000_000_000;
const METADATA = { capabilities: { session: true } };

const full = (extra: Partial<Heartbeat> = {}): Heartbeat => ({
  workspace_id: 'a',
  error_rate: 0,
  sample_error: '',
  active_tasks: 0,
  current_task: '',
  uptime_seconds: 100,
  boot_id: 'b1',
  runtime_metadata: METADATA,
  ...extra,
});
/** As the reference runtime sends it when a task starts or ends. */
const partial = (extra: Partial<Heartbeat> = {}): Heartbeat => ({
  workspace_id: 'a',
  error_rate: 0,
  sample_error: '',
  active_tasks: 3,
  current_task: 'Index the docs',
  uptime_seconds: 0,
  ...extra,
});
const wedged = (reason = 'SDK init timeout'): Heartbeat => full({ runtime_state: 'wedged', sample_error: reason });

/** Applies beats 10 s apart and answers the last verdict. */
function beats(start: WorkspaceFacts, ...sent: Heartbeat[]): Verdict {
  let last: Verdict = { facts: start, transition: null, booted: null, token_accepted_again: false };
  for (const [i, beat] of sent.entries()) last = applyBeat(last.facts, beat, T + (i + 1) * 10_000);
  return last;
}
const online = (...more: Heartbeat[]): WorkspaceFacts => beats(newFacts(true, T), full(), ...more).facts;

describe('beats', () => {
  const cases: [string, WorkspaceFacts, Heartbeat[], WorkspaceStatus, StatusCause | null][] = [
    ['a first full beat', newFacts(true, T), [full()], 'online', null],
    ['a first partial beat', newFacts(false, T), [partial()], 'online', null],
    ['a first beat that is wedged', newFacts(true, T), [wedged()], 'degraded', 'wedged'],
    ['a first beat that fails half', newFacts(true, T), [full({ error_rate: 0.5 })], 'degraded', 'errors'],
    ['a wedge', online(), [wedged()], 'degraded', 'wedged'],
    ['a wedge told by a beat that is otherwise partial', online(), [partial({ runtime_state: 'wedged' })], 'degraded', 'wedged'],
    ['a wedge, then a partial beat', online(wedged()), [partial()], 'degraded', 'wedged'],
    ['a wedge, then a partial beat that says not wedged', online(wedged()), [partial({ runtime_state: '' })], 'degraded', 'wedged'],
    ['a wedge, then a partial beat of a new boot', online(wedged()), [partial({ boot_id: 'b2' })], 'degraded', 'wedged'],
    ['a wedge, then a full beat without the state', online(wedged()), [full()], 'online', null],
    ['a wedge, then a full beat with an empty state', online(wedged()), [full({ runtime_state: '' })], 'online', null],
    ['a wedge, then a beat that is full by its uptime alone', online(wedged()), [partial({ uptime_seconds: 110 })], 'online', null],
    ['a wedge, then a new boot', online(wedged()), [full({ boot_id: 'b2' })], 'online', null],
    ['a new boot that is wedged itself', online(), [{ ...wedged(), boot_id: 'b2' }], 'degraded', 'wedged'],
    ['just under the error limit', online(), [full({ error_rate: 0.49 })], 'online', null],
    ['at the error limit', online(), [full({ error_rate: 0.5 })], 'degraded', 'errors'],
    ['at the error limit in a partial beat', online(), [partial({ error_rate: 1 })], 'online', null],
    ['errors, then the lower limit', online(full({ error_rate: 0.9 })), [full({ error_rate: 0.1 })], 'degraded', 'errors'],
    ['errors, then under the lower limit', online(full({ error_rate: 0.9 })), [full({ error_rate: 0.09 })], 'online', null],
    ['errors, then a partial beat with a rate of 0', online(full({ error_rate: 0.9 })), [partial()], 'degraded', 'errors'],
    ['errors, then a new boot', online(full({ error_rate: 0.9 })), [full({ boot_id: 'b2', error_rate: 0.3 })], 'online', null],
    ['a wedge over errors', online(full({ error_rate: 0.9 })), [wedged()], 'degraded', 'wedged'],
    [
      'errors left when the wedge ends',
      online(full({ error_rate: 0.9 }), { ...wedged(), error_rate: 0.3 }),
      [full({ error_rate: 0.3 })],
      'degraded',
      'errors',
    ],
    ['4 of 4 failed', online(), [full({ error_rate: 1, requests: 4 })], 'online', null],
    ['5 of 5 failed', online(), [full({ error_rate: 1, requests: 5 })], 'degraded', 'errors'],
    [
      'one request a beat, each failing',
      online(),
      Array.from({ length: 5 }, () => full({ error_rate: 1, requests: 1 })),
      'degraded',
      'errors',
    ],
    ['errors, then 4 good ones', online(full({ error_rate: 1, requests: 9 })), [full({ requests: 4 })], 'degraded', 'errors'],
    [
      'errors, then 5 good ones one by one',
      online(full({ error_rate: 1, requests: 9 })),
      Array.from({ length: 5 }, () => full({ requests: 1 })),
      'online',
      null,
    ],
    [
      'errors, then nothing asked of it',
      online(full({ error_rate: 1, requests: 9 })),
      [full({ requests: 0 }), full({ requests: 0 })],
      'degraded',
      'errors',
    ],
    [
      'its own status management, and errors',
      online(),
      [full({ error_rate: 1, runtime_metadata: { capabilities: { status_mgmt: true } } })],
      'online',
      null,
    ],
    [
      'its own status management, taken over while failing',
      online(full({ error_rate: 1 })),
      [full({ error_rate: 1, runtime_metadata: { capabilities: { status_mgmt: true } } })],
      'online',
      null,
    ],
    [
      'its own status management, and a wedge',
      online(),
      [{ ...wedged(), runtime_metadata: { capabilities: { status_mgmt: true } } }],
      'degraded',
      'wedged',
    ],
  ];
  it.each(cases)('%s', (_name, start, sent, status, cause) => {
    const { facts } = beats(start, ...sent);
    expect([facts.status, facts.cause]).toEqual([status, cause]);
  });

  it('merges: a partial beat moves the task and nothing else', () => {
    const before = online(full({ interval_seconds: 20, error_rate: 0.3, requests: 10, sample_error: 'boom' }));
    const { facts, transition, booted } = applyBeat(before, partial({ interval_seconds: 5, requests: 0, boot_id: 'b9' }), T + 99_000);
    expect({ transition, booted }).toEqual({ transition: null, booted: null });
    expect(facts).toEqual({
      ...before,
      active_tasks: 3,
      current_task: 'Index the docs',
      last_beat_at: T + 99_000,
      last_progress_at: T + 99_000,
    });
  });

  it('keeps what a full beat leaves out', () => {
    const before = online(full({ interval_seconds: 20, error_rate: 0.3, requests: 10, active_tasks: 2, current_task: 'x' }));
    const { facts } = applyBeat(before, { workspace_id: 'a', uptime_seconds: 130, boot_id: 'b1' }, T + 99_000);
    expect(facts).toEqual({ ...before, uptime_seconds: 130, last_beat_at: T + 99_000, last_full_beat_at: T + 99_000 });
  });

  it('does not change what it was given', () => {
    const before = Object.freeze(online(wedged()));
    const copy = structuredClone(before);
    applyBeat(before, full({ boot_id: 'b2', error_rate: 1 }), T + 99_000);
    expect(before).toEqual(copy);
  });

  it('tells the transition, with a sentence and the evidence, once', () => {
    const first = applyBeat(online(), full({ error_rate: 0.61, requests: 23, sample_error: 'model timed out' }), T + 50_000);
    expect(first.transition).toMatchObject({
      from: 'online',
      to: 'degraded',
      cause: 'errors',
      reason: '61 % of 23 requests failed: model timed out',
      evidence: { error_rate: 0.61, requests: 23 },
      at: T + 50_000,
    });
    expect(first.facts).toMatchObject({ since: T + 50_000, reason: '61 % of 23 requests failed: model timed out' });
    const second = applyBeat(first.facts, full({ error_rate: 0.7, requests: 10 }), T + 60_000);
    expect(second.transition).toBeNull();
    expect(second.facts).toMatchObject({ since: T + 50_000, reason: '70 % of 10 requests failed: model timed out' });
    const third = applyBeat(second.facts, full({ requests: 10 }), T + 70_000);
    expect(third.transition).toMatchObject({
      from: 'degraded',
      to: 'online',
      cause: null,
      reason: 'Its requests succeed again',
      evidence: { previous_cause: 'errors' },
    });
    expect(third.facts.reason).toBe('');
  });

  it('shows the words of the wedge, and keeps them cut to 2,000', () => {
    const verdict = applyBeat(online(), wedged('stuck on a lock'), T + 50_000);
    expect(verdict.transition).toMatchObject({ to: 'degraded', cause: 'wedged', reason: 'stuck on a lock' });
    const failing = applyBeat(online(), full({ error_rate: 1, sample_error: 'e'.repeat(2000) }), T + 50_000);
    expect(failing.facts.reason).toHaveLength(2000);
    expect(applyBeat(online(), wedged(''), T).facts.reason).toBe('It says that it is stuck, and gave no reason');
  });

  it('says when a refused token is accepted again', () => {
    const refused = applyTokenRejected(online(), T + 50_000);
    expect([refused.transition, refused.facts.token_rejected_at, refused.facts.status]).toEqual([null, T + 50_000, 'online']);
    const again = applyBeat(refused.facts, partial(), T + 60_000);
    expect([again.token_accepted_again, again.facts.token_rejected_at]).toEqual([true, null]);
    expect(applyBeat(again.facts, partial(), T + 70_000).token_accepted_again).toBe(false);
  });

  it.each(['paused', 'removed', 'draining', 'restarting'] as const)('keeps %s, and the facts true', (status) => {
    const { facts, transition } = applyBeat({ ...online(), status }, wedged(), T + 50_000);
    expect([facts.status, transition, facts.last_beat_at, facts.wedged?.reason]).toEqual([status, null, T + 50_000, 'SDK init timeout']);
  });

  it.each(['provisioning', 'awaiting_agent', 'offline', 'failed'] as const)('brings %s back, or straight to degraded', (status) => {
    const silent = { ...online(), status };
    expect(applyBeat(silent, partial(), T + 50_000).facts.status).toBe('online');
    expect(applyBeat(silent, wedged(), T + 50_000).facts).toMatchObject({ status: 'degraded', cause: 'wedged' });
    expect(applyBeat({ ...online(wedged()), status }, partial(), T + 50_000).facts).toMatchObject({ status: 'degraded', cause: 'wedged' });
  });
});

describe('boots', () => {
  const bare = (uptime_seconds: number) => ({ workspace_id: 'a', uptime_seconds, runtime_metadata: METADATA });
  it('are proven by a new boot id', () => {
    expect(beats(newFacts(true, T), full()).booted).toEqual({ boot_id: 'b1', previous_boot_id: null });
    expect(beats(newFacts(true, T), full(), full()).booted).toBeNull();
    expect(beats(newFacts(true, T), full(), full({ boot_id: 'b2' })).booted).toEqual({ boot_id: 'b2', previous_boot_id: 'b1' });
  });
  it('are proven by an uptime that went down, for runtimes that send no id', () => {
    expect(beats(newFacts(true, T), bare(100)).booted).toEqual({ boot_id: null, previous_boot_id: null });
    expect(beats(newFacts(true, T), bare(100), bare(130)).booted).toBeNull();
    expect(beats(newFacts(true, T), bare(100), bare(99)).booted).toEqual({ boot_id: null, previous_boot_id: null });
    expect(beats(newFacts(true, T), bare(100), partial(), bare(130)).booted).toBeNull();
  });
  it('leave nothing of the former process behind', () => {
    const { facts } = applyBeat(
      online(full({ error_rate: 1, active_tasks: 4, current_task: 'x' })),
      { workspace_id: 'a', uptime_seconds: 1, boot_id: 'b2' },
      T + 50_000,
    );
    expect(facts).toMatchObject({
      boot_id: 'b2',
      booted_at: T + 50_000,
      active_tasks: 0,
      current_task: '',
      error_rate: null,
      failing: null,
      wedged: null,
      uptime_seconds: 1,
    });
  });
});

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
  it('fails a start without a first beat after ten minutes, with the last output as the reason', () => {
    const start = newFacts(true, T);
    expect(applyClock(start, T + 600_000, 0).facts).toBe(start);
    const { facts, transition } = applyClock(start, T + 600_001, 0, { output: 'npm ERR! missing\nbye\n' });
    expect(facts).toMatchObject({ status: 'failed', cause: 'no_first_beat', reason: 'No first beat within 10 min: npm ERR! missing\nbye' });
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
