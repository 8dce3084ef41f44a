import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { quietCloseMs } from './incident-quiet.ts';
import { closed, type Finding, FLAP_MS, type IncidentState, nextRev, oneLine, raise, withoutFailed } from './incident-state.ts';

const NOW = 5_000_000;
const finding = (some: Partial<Finding> = {}): Finding => ({
  key: 'offline w',
  facts: 'lapse@1',
  kind: 'offline',
  severity: 'critical',
  workspace_id: 'w',
  workspace_name: 'Scout',
  title: 'Scout is offline',
  detail: 'No beat for 92 s',
  at: NOW,
  ...some,
});
const opened = (some: Partial<Finding> = {}): IncidentState => {
  const raised = raise(null, finding(some), 'i', NOW);
  if (!raised) throw new Error('nothing was opened');
  return raised.incident;
};

describe('what a finding makes of what is known', () => {
  test('nothing known: a new incident', () => {
    expect(raise(null, finding(), 'i', NOW)).toMatchObject({
      what: 'opened',
      incident: { id: 'i', count: 1, opened_at: NOW, rev: NOW, closed_at: null },
    });
  });

  test('open, by the same facts: the same, worded anew, and no news', () => {
    expect(raise(opened(), finding({ detail: 'No beat for 2 min' }), 'j', NOW + 5)).toEqual({
      what: 'same',
      incident: { ...opened(), detail: 'No beat for 2 min' },
    });
  });

  test('open, by other facts: it repeats, unless it says that it only goes on', () => {
    const later = finding({ facts: 'lapse@2', at: NOW + 9, severity: 'warning' });
    expect(raise(opened(), later, 'j', NOW + 9)).toMatchObject({
      what: 'again',
      incident: { id: 'i', count: 2, last_at: NOW + 9, rev: NOW + 9, severity: 'warning', facts: 'lapse@2' },
    });
    expect(raise(opened(), { ...later, continues: true }, 'j', NOW + 9)?.what).toBe('same');
  });

  test('closed: not by the same facts; back within ten minutes it flaps; later it is another', () => {
    const over = closed(opened(), 'It beats again', NOW + 1000);
    expect(over).toMatchObject({ closed_at: NOW + 1000, closed_why: 'It beats again', rev: NOW });
    const at = over.closed_at ?? 0;
    expect(raise(over, finding({ at: at + 1 }), 'j', NOW)).toBeNull();
    expect(raise(over, finding({ facts: 'x', at: at + FLAP_MS - 1 }), 'j', NOW)).toMatchObject({
      what: 'again',
      incident: { id: 'i', count: 2, closed_at: null, closed_why: '' },
    });
    expect(raise(over, finding({ facts: 'x', at: at + FLAP_MS }), 'j', NOW)).toMatchObject({
      what: 'opened',
      incident: { id: 'j', count: 1 },
    });
  });

  test('what agents said flaps not', () => {
    const over = closed(opened({ kind: 'agent_message' }), '', NOW);
    expect(raise(over, finding({ kind: 'agent_message', facts: 'x', at: NOW + 1 }), 'j', NOW)?.what).toBe('opened');
  });

  test('a part of an incident about many is one no more when it comes back by itself', () => {
    const over = closed({ ...opened(), part_of: 'mass' }, '', NOW);
    expect(raise(over, finding({ facts: 'x' }), 'j', NOW)?.incident.part_of).toBeNull();
  });

  test('a message that had failed and then expired is no news', () => {
    const failed = opened({ kind: 'message_failed', facts: 'a', failed_id: 'q' });
    expect(failed.failed_ids).toEqual(['q']);
    expect(raise(failed, finding({ kind: 'message_failed', facts: 'b', ended_id: 'q' }), 'j', NOW)).toMatchObject({
      what: 'same',
      incident: { failed_ids: [] },
    });
    expect(raise(failed, finding({ kind: 'message_failed', facts: 'b', ended_id: 'other' }), 'j', NOW)?.what).toBe('again');
    expect(withoutFailed(failed, 'q').failed_ids).toEqual([]);
  });

  test('words are cut and a title is one line', () => {
    const long = opened({ title: `a\r\nb\u0007${'x'.repeat(300)}`, detail: 'y'.repeat(9000) });
    expect(long.title).toMatch(/^a b x+…$/);
    expect([long.title.length, long.detail.length]).toEqual([200, 8000]);
    expect(oneLine('\t a\u2028b ')).toBe('a b');
  });

  test('a rev grows with every news, and is at least the clock', () => {
    expect([nextRev(5, 100), nextRev(100, 100), nextRev(200, 100)]).toEqual([100, 101, 201]);
  });
});

test('over any row of findings and ends: never two open ones, every news counts once, and an end leaves nothing open', () => {
  const step = fc.oneof(
    fc.record({ facts: fc.nat(6).map((n) => `f${n}`), after: fc.nat(2 * FLAP_MS), continues: fc.boolean() }),
    fc.record({ end: fc.constant(true), after: fc.nat(FLAP_MS) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const all = new Map<string, IncidentState>();
      let newest = null as IncidentState | null;
      let news = 0;
      let at = NOW;
      for (const one of steps) {
        at += one.after;
        if ('end' in one) newest = newest?.closed_at === null ? closed(newest, '', at) : newest;
        else {
          const raised = raise(newest, finding({ facts: one.facts, at, continues: one.continues }), `i${all.size}`, at);
          if (raised && raised.what !== 'same') news += 1;
          newest = raised?.incident ?? newest;
        }
        if (newest) all.set(newest.id, newest);
        expect([...all.values()].filter(({ closed_at }) => closed_at === null).length).toBeLessThanOrEqual(1);
      }
      expect([...all.values()].reduce((sum, { count }) => sum + count, 0)).toBe(news);
    }),
  );
});

test('what has no recovery is closed after a time: sooner what is only said', () => {
  const after = (kind: IncidentState['kind'], failed_ids: string[] = []) => quietCloseMs({ kind, failed_ids }) / 3_600_000;
  expect([after('agent_message'), after('delegation'), after('injection'), after('message_failed')]).toEqual([1, 1, 24, 24]);
  expect([after('message_failed', ['q']), after('offline'), after('mass')]).toEqual([Infinity, Infinity, Infinity]);
});
