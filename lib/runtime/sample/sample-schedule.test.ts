import { expect, test } from 'vitest';
import { BAD_DRAFTS, CRASH_AFTER_SECONDS, isOn, LOCKED_INDEX, spellNumber } from './sample-schedule.ts';

test('a spell begins, ends and comes again', () => {
  const spell = { first: 10, every: 100, length: 5 };
  expect([9.9, 10, 14.9, 15, 109, 110, 115].map((at) => isOn(spell, at))).toEqual([false, true, true, false, false, true, false]);
  expect([9, 12, 112].map((at) => spellNumber(spell, at))).toEqual([null, 0, 1]);
});

test('with a beat every 5 s the first wedge shows within 60 s, the first errors within 90 s, a crash within 300 s', () => {
  expect(LOCKED_INDEX.first + 5).toBeLessThanOrEqual(60);
  expect(BAD_DRAFTS.first + 2 * 5).toBeLessThanOrEqual(90);
  expect(CRASH_AFTER_SECONDS).toBeLessThan(300);
});

test('its crashes alone never reach a cap of three restarts in ten minutes', () => {
  const crashes = Array.from({ length: 50 }, (_, index) => (index + 1) * CRASH_AFTER_SECONDS);
  for (const crash of crashes) expect(crashes.filter((other) => other < crash && other > crash - 600).length).toBeLessThan(3);
});
