import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Heartbeat } from '#lib/contract/heartbeat.ts';
import { MINUTE_LETTERS, type MinuteLetter, type WorkspaceStatus } from '#lib/contract/workspace-status.ts';
import { barsAt, minuteLetterNow, minutesOfHour, newRing, recordBeat, recordStatus, restoreMinutes } from './history-ring.ts';
import { rollUp } from './roll-up.ts';
import { newFacts, type WorkspaceFacts } from './workspace-facts.ts';

const HOUR = 470_000;
const M = HOUR * 60;
const ms = (minute: number, second = 0) => minute * 60_000 + second * 1000;
const facts = (over: Partial<WorkspaceFacts> = {}): WorkspaceFacts => ({ ...newFacts(true, 0), status: 'online', ...over });
const full = (over: Partial<Heartbeat> = {}): Heartbeat => ({ workspace_id: 'a', uptime_seconds: 9, ...over });
const OFFLINE = facts({ status: 'offline', cause: 'lapse' });
const WEDGED = facts({ status: 'degraded', cause: 'wedged' });

describe('bars', () => {
  it('are unknown before anything was heard', () => {
    expect(barsAt(newRing(), M)).toBe('.'.repeat(60));
  });
  it('hold the worst letter of each minute, and in silent minutes the state it was in', () => {
    const ring = newRing();
    recordBeat(ring, full(), facts(), ms(M, 1));
    recordBeat(ring, full(), WEDGED, ms(M + 1, 1));
    recordBeat(ring, full(), facts(), ms(M + 1, 30));
    recordStatus(ring, facts({ late: true }), ms(M + 3, 5));
    recordStatus(ring, OFFLINE, ms(M + 4, 5));
    recordBeat(ring, full(), facts(), ms(M + 7, 5));
    recordBeat(ring, full({ error_rate: 0.1, requests: 10 }), facts(), ms(M + 9, 5));
    expect(barsAt(ring, M + 11)).toBe(`${'.'.repeat(48)}owolxxxxoeoo`);
    expect([minuteLetterNow(ring, M + 1), minuteLetterNow(ring, M + 30), minuteLetterNow(ring, M - 1)]).toEqual(['w', 'o', '.']);
  });
  it('do not call an error in a partial beat, which carries no rate', () => {
    const ring = newRing();
    recordBeat(ring, { workspace_id: 'a', error_rate: 1, uptime_seconds: 0 }, facts(), ms(M));
    expect(minuteLetterNow(ring, M)).toBe('o');
  });
  it('move on by an hour and more', () => {
    const ring = newRing();
    recordBeat(ring, full(), WEDGED, ms(M));
    recordStatus(ring, OFFLINE, ms(M + 1));
    expect(barsAt(ring, M + 59)).toBe(`w${'x'.repeat(59)}`);
    expect(barsAt(ring, M + 60)).toBe('x'.repeat(60));
    recordBeat(ring, full(), facts(), ms(M + 500));
    expect(barsAt(ring, M + 500)).toBe('x'.repeat(60));
    expect(barsAt(ring, M + 502)).toBe(`${'x'.repeat(58)}oo`);
  });
  it('take a clock that went back without losing the newer minutes', () => {
    const ring = newRing();
    recordBeat(ring, full(), facts(), ms(M));
    recordBeat(ring, full(), facts(), ms(M + 2));
    recordStatus(ring, WEDGED, ms(M + 1));
    recordStatus(ring, WEDGED, ms(M - 100));
    expect(barsAt(ring, M + 3).slice(-4)).toBe('owoo');
  });
  it.each<[WorkspaceStatus, MinuteLetter]>([
    ['paused', 'p'],
    ['draining', 'r'],
    ['restarting', 'r'],
    ['failed', 'x'],
    ['offline', 'x'],
    ['provisioning', '.'],
    ['awaiting_agent', '.'],
    ['online', 'o'],
    ['degraded', 'd'],
  ])('write %s as %s, a refused token or not', (status, letter) => {
    for (const token_rejected_at of [null, 5]) {
      const ring = newRing();
      recordStatus(ring, facts({ status, token_rejected_at }), ms(M));
      expect(minuteLetterNow(ring, M)).toBe(letter);
    }
  });
});

describe('counts', () => {
  it('add up within the minute', () => {
    const ring = newRing();
    recordBeat(ring, full({ error_rate: 0.5, requests: 10 }), facts({ active_tasks: 3 }), ms(M + 5, 1));
    recordBeat(ring, full({ error_rate: 0.1, requests: 10 }), facts({ active_tasks: 1 }), ms(M + 5, 20));
    recordBeat(ring, { workspace_id: 'a', error_rate: 0, uptime_seconds: 0 }, facts({ active_tasks: 1 }), ms(M + 5, 21));
    recordBeat(ring, full({ error_rate: 0, requests: 0 }), facts(), ms(M + 6, 1));
    recordBeat(ring, full({ error_rate: 0.25 }), facts(), ms(M + 7, 1));
    expect(minutesOfHour(ring, HOUR, M + 7)).toEqual([
      { minute: M + 5, letter: 'e', beats: 3, requests: 20, failed: 6, tasks: 3 },
      { minute: M + 6, letter: 'o', beats: 1, requests: 0, failed: 0, tasks: 0 },
      { minute: M + 7, letter: 'e', beats: 1, requests: 1, failed: 0.25, tasks: 0 },
    ]);
  });
  it('stop at their limits instead of turning over', () => {
    const ring = newRing();
    for (let i = 0; i < 5000; i += 1)
      recordBeat(ring, full({ error_rate: 0.5, requests: 100_000 }), facts({ active_tasks: 10_000 }), ms(M));
    const [minute] = minutesOfHour(ring, HOUR, M);
    expect(minute).toMatchObject({ letter: 'e', beats: 4095, requests: 65_535, tasks: 10_000 });
    expect((minute?.failed ?? 0) / (minute?.requests ?? 1)).toBeCloseTo(0.5, 3);
  });
  it('of silent minutes are empty, with the state they were in', () => {
    const ring = newRing();
    recordStatus(ring, OFFLINE, ms(M));
    expect(minutesOfHour(ring, HOUR, M + 1)[1]).toEqual({ minute: M + 1, letter: 'x', beats: 0, requests: 0, failed: 0, tasks: 0 });
  });
});

it('what was stored comes back; the time nobody watched stays unknown', () => {
  const ring = newRing();
  recordBeat(ring, full({ error_rate: 0.2, requests: 10 }), facts({ active_tasks: 2 }), ms(M));
  recordStatus(ring, WEDGED, ms(M + 2));
  const stored = minutesOfHour(ring, HOUR, M + 2);
  const again = newRing();
  restoreMinutes(again, stored);
  expect(minutesOfHour(again, HOUR, M + 2)).toEqual(stored);
  recordStatus(again, WEDGED, ms(M + 6));
  expect(barsAt(again, M + 7).slice(-8)).toBe('eow...ww');
});

it('agrees with a list of everything that happened', () => {
  const letters = { online: 'o', paused: 'p', degraded: 'd', offline: 'x', draining: 'r' } as const;
  const step = fc.record({
    gap: fc.integer({ min: 0, max: 70 }),
    status: fc.constantFrom(...(Object.keys(letters) as (keyof typeof letters)[])),
  });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 30 }), fc.integer({ min: 0, max: 80 }), (steps, after) => {
      const ring = newRing();
      const worst = new Map<number, MinuteLetter>();
      let minute = M;
      let state: MinuteLetter = '.';
      const fillTo = (to: number) => {
        for (let at = minute; at <= to; at += 1) if (!worst.has(at)) worst.set(at, state);
        minute = to;
      };
      for (const { gap, status } of steps) {
        fillTo(minute + gap);
        recordStatus(ring, facts({ status }), ms(minute, 1));
        state = letters[status];
        const had = worst.get(minute) ?? '.';
        if (MINUTE_LETTERS.indexOf(state) > MINUTE_LETTERS.indexOf(had)) worst.set(minute, state);
      }
      fillTo(minute + after);
      const expected = Array.from({ length: 60 }, (_, i) => worst.get(minute - 59 + i) ?? '.').join('');
      expect(barsAt(ring, minute)).toBe(expected);
    }),
  );
});

describe('rollUp', () => {
  it('adds an hour up and leaves other hours out', () => {
    const minute = (at: number, letter: MinuteLetter, n: number) => ({
      minute: at,
      letter,
      beats: n,
      requests: n * 10,
      failed: n * 0.1,
      tasks: n,
    });
    expect(
      rollUp(HOUR, [minute(M - 1, 'x', 9), minute(M, 'o', 1), minute(M + 1, 'o', 2), minute(M + 59, 'w', 1), minute(M + 60, 'x', 9)]),
    ).toEqual({
      hour: HOUR,
      letters: { o: 2, w: 1 },
      beats: 4,
      requests: 40,
      failed: 0.4,
      tasks: 2,
    });
  });
});

it('ten thousand rings take a few MB', () => {
  const rings = Array.from({ length: 10_000 }, newRing);
  expect(rings.reduce((bytes, ring) => bytes + ring.words.buffer.byteLength, 0)).toBeLessThanOrEqual(5_000_000);
});
