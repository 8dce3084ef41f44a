import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonBytes } from '#lib/contract/json-bytes.ts';
import { MAX_SNAPSHOT_BYTES, type Snapshot } from '#lib/contract/snapshot.ts';
import { cleanSnapshot } from './clean-snapshot.ts';
import { secretSamples } from './secret-samples.fixture.ts';

const SAMPLES = secretSamples(1);

const snapshot = (some: Partial<Snapshot> = {}): Snapshot => ({
  schema: 1,
  workspace_id: 'w',
  timestamp: 1000,
  boot_id: 'b',
  current_task: '',
  active_tasks: 0,
  uptime_seconds: 1,
  session_id: null,
  transcript_lines: [],
  transcript_lines_dropped: 0,
  completed_message_ids: [],
  unfinished: [],
  adapter: {},
  redactions: {},
  dropped_sandbox: 0,
  ...some,
});

test('an agent’s state that is sandbox output as a whole leaves none, and stays an object', () => {
  const { adapter, dropped_sandbox } = cleanSnapshot(snapshot({ adapter: { tool: 'run_code', out: '42' } })).snapshot;
  expect({ adapter, dropped_sandbox }).toEqual({ adapter: {}, dropped_sandbox: 1 });
});

test('cleaning again changes nothing, and what is counted is what was taken out', () => {
  const text = fc.oneof(fc.string(), fc.constantFrom(...SAMPLES.map((sample) => sample.text)), fc.constant('tool=run_code 42'));
  const any = fc.record({
    current_task: text,
    session_id: fc.option(text),
    transcript_lines: fc.array(text, { maxLength: 8 }),
    adapter: fc.dictionary(text, fc.oneof(text, fc.array(text, { maxLength: 3 })), { maxKeys: 4 }),
    unfinished: fc.array(fc.record({ id: text, message_id: text, summary: text, started_at: fc.nat() }), { maxLength: 2 }),
    redactions: fc.dictionary(text, fc.integer({ min: -5, max: 5 }), { maxKeys: 3 }),
  });
  fc.assert(
    fc.property(any, (some) => {
      const once = cleanSnapshot(snapshot(some));
      expect(cleanSnapshot(once.snapshot)).toEqual(once);
      expect(once.bytes).toBe(jsonBytes(once.snapshot));
      expect(once.snapshot.unfinished.map(({ id }) => id)).toEqual(some.unfinished.map(({ id }) => id));
      expect(Object.values(once.snapshot.redactions).every((count) => count > 0)).toBe(true);
    }),
    { numRuns: 500, seed: 7 },
  );
});

test('one that is too large by its markers alone gives up its oldest lines, and no more than it must', () => {
  const lines = Array.from({ length: 200 }, (_unused, at) => `${at} password=abcd1 `.padEnd(5205, '.'));
  const given = snapshot({ transcript_lines: lines, adapter: { text: 'x '.repeat(2000) } });
  const { snapshot: clean, bytes } = cleanSnapshot(given);
  expect(clean.transcript_lines_dropped).toBeGreaterThan(0);
  expect(clean.transcript_lines).toHaveLength(200 - clean.transcript_lines_dropped);
  expect(bytes).toBeLessThanOrEqual(MAX_SNAPSHOT_BYTES);
  expect(bytes + jsonBytes(lines[0])).toBeGreaterThan(MAX_SNAPSHOT_BYTES - 100);
});
