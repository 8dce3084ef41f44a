import { describe, expect, it } from 'vitest';
import type { Heartbeat } from '#lib/contract/heartbeat.ts';
import type { StatusCause, WorkspaceStatus } from '#lib/contract/workspace-status.ts';
import { beats, full, METADATA, online, partial, T, wedged } from './beats.fixture.ts';
import { applyBeat, applyTokenRejected } from './status-engine.ts';
import { newFacts, type WorkspaceFacts } from './workspace-facts.ts';

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

  it('knows no sample size where none is told', () => {
    expect(online(full({ error_rate: 0.3 })).requests).toBeNull();
    expect(online(full({ error_rate: 0.3, requests: 0 })).requests).toBe(0);
  });

  it('adds small samples up exactly: a joint rate of the lower limit is not under it', () => {
    const small = [full({ requests: 1 }), full({ error_rate: 0.3, requests: 2 }), full({ requests: 3 })];
    expect(beats(online(full({ error_rate: 1 })), ...small).facts.status).toBe('degraded');
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
  it('begin a wedge of their own', () => {
    const { facts } = applyBeat(online(wedged('old')), full({ boot_id: 'b2', runtime_state: 'wedged', sample_error: '' }), T + 50_000);
    expect(facts.wedged).toEqual({ reason: 'It says that it is stuck, and gave no reason', since: T + 50_000 });
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
