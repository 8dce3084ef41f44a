import { expect, test } from 'vitest';
import { barShares, bulkTone, countsWords, totalOf } from './bulk-words.ts';

const counts = { pending: 3, running: 2, done: 1, failed: 1, cancelled: 0, skipped: 1 };

test('says what there is of each, what is urgent first, and leaves nothing out', () => {
  expect(countsWords(counts)).toBe('1 failed, 2 under way, 3 to come, 1 done, 1 skipped');
  expect(totalOf(counts)).toBe(8);
});

test('draws what is decided and what is under way, and shows one of ten thousand', () => {
  expect(barShares(counts)).toEqual([
    { state: 'done', share: 12.5 },
    { state: 'failed', share: 12.5 },
    { state: 'skipped', share: 12.5 },
    { state: 'running', share: 25 },
  ]);
  expect(barShares({ ...counts, done: 9_999, failed: 1, pending: 0, running: 0, skipped: 0 })).toContainEqual({
    state: 'failed',
    share: 0.5,
  });
  expect(barShares({ pending: 0, running: 0, done: 0, failed: 0, cancelled: 0, skipped: 0 })).toEqual([]);
});

test('one that ended with failures does not look like a good one', () => {
  expect(bulkTone({ state: 'done', counts })).toBe('bad');
  expect(bulkTone({ state: 'done', counts: { ...counts, failed: 0 } })).toBe('ok');
  expect(bulkTone({ state: 'running', counts })).toBe('drain');
  expect(bulkTone({ state: 'paused', counts: { ...counts, failed: 0 } })).toBe('off');
});
