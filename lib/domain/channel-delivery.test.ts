import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ChannelRules, channelRulesSchema } from '#lib/contract/channels.ts';
import type { Incident } from '#lib/contract/incidents.ts';
import {
  AGAIN_MS,
  decideDelivery,
  GIVE_UP_MS,
  type Moment,
  nextAttempt,
  SETTLE_MS,
  type Told,
  wantsIt,
  whenDue,
} from './channel-delivery.ts';

const rules = channelRulesSchema.parse({});
const sent = (about: Told['about'], ended_at = 1000): Told => ({ about, state: 'sent', due_at: ended_at, ended_at });
const waiting = (about: Told['about']): Told => ({ about, state: 'waiting', due_at: 5000, ended_at: null });

describe('whether a channel wants to hear of it', () => {
  const wedged = { kind: 'wedged', severity: 'critical' } as const;
  const said = { kind: 'agent_message', severity: 'info' } as const;
  test.each<[string, ChannelRules, Pick<Incident, 'kind' | 'severity'>, 'opened' | 'again' | 'closed', boolean]>([
    ['as severe as asked for', rules, wedged, 'opened', true],
    ['less severe', rules, said, 'opened', false],
    ['less severe, and asked for', { ...rules, severity: 'info' as const }, said, 'again', true],
    ['of another kind', { ...rules, kinds: ['offline' as const] }, wedged, 'opened', false],
    ['of this kind', { ...rules, kinds: ['wedged' as const] }, wedged, 'opened', true],
    ['recovery', rules, wedged, 'closed', true],
    ['recovery, not asked for', { ...rules, recovery: false }, wedged, 'closed', false],
    ['silence of an agent, which is no recovery', { ...rules, severity: 'info' as const }, said, 'closed', false],
  ])('%s', (_name, given, incident, about, wants) => expect(wantsIt(given, incident, about)).toBe(wants));
});

describe('when a message is due', () => {
  test.each<[string, 'opened' | 'again' | 'closed', Told[], number | null]>([
    ['the first, when it has settled', 'opened', [], 10_000 + SETTLE_MS],
    ['a repeat whose beginning waits: that one tells it', 'again', [waiting('opened')], null],
    ['the first repeat', 'again', [sent('opened')], 10_000 + SETTLE_MS],
    ['the next repeat, an hour later', 'again', [sent('again', 9000), sent('opened')], 9000 + AGAIN_MS],
    ['a repeat that waits already', 'again', [waiting('again'), sent('opened')], null],
    ['a repeat after one that was not sent', 'again', [{ ...sent('again', 9000), state: 'skipped' }, sent('opened')], 10_000 + SETTLE_MS],
    ['the end of what was told', 'closed', [sent('opened')], 10_000 + SETTLE_MS],
    ['the end of what waits: looked at when its time comes', 'closed', [waiting('opened')], 10_000 + SETTLE_MS],
    ['the end of what nobody was told of', 'closed', [], null],
    ['an end that waits already', 'closed', [waiting('closed'), sent('opened')], null],
    ['open again while the end waits', 'again', [waiting('closed'), sent('opened')], 10_000 + SETTLE_MS],
  ])('%s', (_name, about, told, due) => expect(whenDue({ kind: 'wedged' }, about, told, 10_000)).toBe(due));

  test.each<[string, Incident['kind'], Told['state'], number]>([
    ['one that the receiver refused', 'wedged', 'failed', AGAIN_MS],
    ['one that an agent said and nobody wanted', 'agent_message', 'skipped', AGAIN_MS],
    ['one that was over before it was sent: not', 'wedged', 'skipped', SETTLE_MS],
  ])('a repeat keeps its distance from %s', (_name, kind, state, after) => {
    const before: Told[] = [{ about: 'again', state, due_at: 10_000, ended_at: 10_000 }, sent('opened')];
    expect(whenDue({ kind }, 'again', before, 10_000)).toBe(10_000 + after);
  });

  test('however an incident flaps, a channel gets one repeat an hour at the most', () => {
    const step = fc.record({
      about: fc.constantFrom('opened' as const, 'again' as const, 'closed' as const),
      after: fc.integer({ min: 0, max: 1_200_000 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        let now = 0;
        const told: Told[] = [];
        for (const { about, after } of steps) {
          now += after;
          // Everything that is due by now goes out at its time.
          for (const one of told)
            if (one.ended_at === null && one.due_at <= now) Object.assign(one, { state: 'sent', ended_at: one.due_at });
          const due = whenDue({ kind: 'wedged' }, about, told, now);
          if (due !== null)
            told.unshift({ about: about === 'opened' && told.length > 0 ? 'again' : about, state: 'waiting', due_at: due, ended_at: null });
        }
        const repeats = told
          .filter((one) => one.about === 'again')
          .map((one) => one.due_at)
          .sort((a, b) => a - b);
        for (const [index, due] of repeats.entries())
          if (index > 0) expect(due - (repeats[index - 1] ?? 0)).toBeGreaterThanOrEqual(AGAIN_MS);
      }),
    );
  });
});

describe('what is done when its time comes', () => {
  const now: Moment = {
    about: 'opened',
    channel: { removed: false, enabled: true, rules },
    incident: { kind: 'wedged', severity: 'critical', closed_at: null, part_of: null },
    stillTrue: true,
    read: false,
    muted: false,
    quietUntil: null,
    told: [],
  };
  const over = {
    ...now,
    about: 'closed' as const,
    incident: { kind: 'wedged', severity: 'critical', closed_at: 5, part_of: null } as const,
    stillTrue: false,
    told: [sent('opened')],
  };
  test.each<[string, Moment, string | number]>([
    ['it is so, and unread', now, 'send'],
    ['it is not so any more', { ...now, stillTrue: false }, 'over before'],
    [
      'it became part of another',
      { ...now, incident: { kind: 'wedged', severity: 'critical', closed_at: null, part_of: 'm' }, stillTrue: false },
      'part of',
    ],
    ['it was read', { ...now, read: true }, 'read it'],
    ['it is muted', { ...now, muted: true }, 'muted'],
    ['quiet hours', { ...now, quietUntil: 99 }, 99],
    ['muted in quiet hours', { ...now, muted: true, quietUntil: 99 }, 'muted'],
    ['a removed channel', { ...now, channel: { ...now.channel, removed: true } }, 'channel was removed'],
    ['a paused channel', { ...now, channel: { ...now.channel, enabled: false } }, 'paused'],
    ['a channel whose rules changed', { ...now, channel: { ...now.channel, rules: { ...rules, kinds: ['offline'] } } }, 'takes no such'],
    ['an incident that was removed', { ...now, incident: null }, 'incident was removed'],
    ['the end of what was told', over, 'send'],
    ['the end of what was told and read', { ...over, read: true }, 'send'],
    ['the end of what was never sent', { ...over, told: [{ ...sent('opened'), state: 'failed' }] }, 'never sent'],
    ['the end, told already', { ...over, told: [sent('closed'), sent('opened')] }, 'said already'],
    ['the end of what came again after the last end', { ...over, told: [sent('again'), sent('closed'), sent('opened')] }, 'send'],
    ['the end of what is open again', { ...over, incident: now.incident }, 'open again'],
  ])('%s', (_name, moment, expected) => {
    const decision = decideDelivery(moment);
    if (expected === 'send') expect(decision).toEqual({ do: 'send' });
    else if (typeof expected === 'number') expect(decision).toEqual({ do: 'wait', until: expected });
    else expect(decision).toEqual({ do: 'skip', why: expect.stringContaining(expected) });
  });
});

describe('when a failed attempt is made again', () => {
  test.each([
    [1, 5000],
    [2, 10_000],
    [5, 80_000],
    [11, 3_600_000],
    [30, 3_600_000],
  ])('after %i attempts: %i ms, give or take a quarter', (attempts, wait) => {
    expect(nextAttempt({ attempts, firstAt: 0 }, 0, 0)).toBe(wait * 0.75);
    expect(nextAttempt({ attempts, firstAt: 0 }, 0, 1)).toBe(wait * 1.25);
  });

  test('not before the receiver wants it, and not later than a day after the first', () => {
    expect(nextAttempt({ attempts: 1, firstAt: 0, afterMs: 60_000 }, 1000, 0.5)).toBe(61_000);
    expect(nextAttempt({ attempts: 9, firstAt: 0 }, GIVE_UP_MS - 1000, 0.5)).toBeNull();
    expect(nextAttempt({ attempts: 1, firstAt: 0, afterMs: GIVE_UP_MS }, 1000, 0.5)).toBeNull();
  });

  test('it always ends', () => {
    let [now, attempts] = [0, 0];
    for (let due: number | null = 0; due !== null; due = nextAttempt({ attempts, firstAt: 0 }, now, 0.5))
      [now, attempts] = [due, attempts + 1];
    expect(attempts).toBeGreaterThan(20);
    expect(attempts).toBeLessThan(50);
  });
});
