import { expect, test } from 'vitest';
import { drainBlockSchema, type InFlightTask, MAX_DRAIN_BYTES } from '#lib/contract/heartbeat.ts';
import { drainBlock } from './drain-block.ts';

const TOKEN = `gh${'p_'}${'a1B2'.repeat(9)}`;
const task = (at: number, summary: string): InFlightTask => ({ id: `${at}-0198c2f4-7d1e-7c3a-9f00-${at}`, summary, started_at: 1e12 + at });
const tasks = (count: number, summary: string) => Array.from({ length: count }, (_unused, at) => task(at, summary));

test('a few tasks are told as they are, without the secrets in them', () => {
  expect(drainBlock('run-1', 'draining', [task(1, `push with ${TOKEN}`)])).toEqual({
    run_id: 'run-1',
    state: 'draining',
    in_flight: [task(1, 'push with [REDACTED:GITHUB_PAT]')],
  });
});

test.each([
  ['one very long summary', 1, 'wörd '.repeat(4000), 1],
  ['summaries too long together', 100, 'wörd '.repeat(60), 100],
  ['more than can be named', 5000, 'x', 150],
])('%s: within the limits of a beat, the oldest first', (_name, count, summary, least) => {
  const block = drainBlock('run-1', 'draining', tasks(count, summary));
  expect(drainBlockSchema.safeParse(block).success).toBe(true);
  expect(Buffer.byteLength(JSON.stringify(block))).toBeLessThanOrEqual(MAX_DRAIN_BYTES);
  expect(block.in_flight.length).toBeGreaterThanOrEqual(least);
  expect(block.in_flight[0]?.id).toBe(task(0, '').id);
});
