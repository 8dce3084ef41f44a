import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_TRANSCRIPT_LINES, type Snapshot } from '#lib/contract/snapshot.ts';
import { snapshotDiff } from './snapshot-diff.ts';

const snapshot = (some: Partial<Snapshot> = {}): Snapshot => ({
  schema: 1,
  workspace_id: 'w',
  timestamp: 1000,
  boot_id: 'a',
  current_task: 'Reading',
  active_tasks: 1,
  uptime_seconds: 60,
  session_id: 's',
  transcript_lines: ['one', 'two'],
  transcript_lines_dropped: 0,
  completed_message_ids: ['m1'],
  unfinished: [],
  adapter: { mood: 'calm' },
  redactions: { TOKEN: 1 },
  dropped_sandbox: 0,
  ...some,
});
const lines = (from: number, to: number) => Array.from({ length: to - from }, (_unused, at) => `line ${from + at}`);
const transcriptOf = (before: string[], after: string[], more: Partial<Snapshot> = {}) =>
  snapshotDiff(snapshot({ transcript_lines: before }), snapshot({ transcript_lines: after, ...more })).transcript;

test('time, boot and uptime are no change', () => {
  const diff = snapshotDiff(snapshot(), snapshot({ timestamp: 9, boot_id: 'b', uptime_seconds: 1 }));
  expect(diff).toEqual({
    fields: [],
    transcript: { added: [], removed: [], kept: 2, scrolled_out: 0 },
    completed: { added: 0, removed: 0 },
    redactions: [],
    unfinished: { before: 0, after: 0 },
    same: true,
  });
});

test('every part that changes is told', () => {
  const diff = snapshotDiff(
    snapshot(),
    snapshot({
      current_task: '',
      session_id: null,
      active_tasks: 0,
      dropped_sandbox: 2,
      transcript_lines: ['one', 'three'],
      completed_message_ids: ['m2', 'm3'],
      unfinished: [{ id: 't', message_id: null, summary: 'Half done', started_at: 1 }],
      adapter: { mood: 'calm', plan: { steps: [1, 2], 'a.b': null }, note: 'x' },
      redactions: { API_KEY: 3, TOKEN: 1 },
    }),
  );
  expect(diff).toEqual({
    fields: [
      { field: 'current_task', before: 'Reading', after: '' },
      { field: 'session_id', before: 's', after: null },
      { field: 'active_tasks', before: '1', after: '0' },
      { field: 'dropped_sandbox', before: '0', after: '2' },
      { field: 'adapter.note', before: null, after: 'x' },
      { field: 'adapter.plan.steps', before: null, after: '[1,2]' },
    ],
    transcript: { added: ['three'], removed: ['two'], kept: 1, scrolled_out: 0 },
    completed: { added: 2, removed: 1 },
    redactions: [{ type: 'API_KEY', before: 0, after: 3 }],
    unfinished: { before: 0, after: 1 },
    same: false,
  });
});

test.each<[string, Partial<Snapshot>]>([
  ['a field', { session_id: 'other' }],
  ['a line more', { transcript_lines: ['one', 'two', 'three'] }],
  ['a line less', { transcript_lines: ['one'] }],
  ['a message more', { completed_message_ids: ['m1', 'm2'] }],
  ['a message less', { completed_message_ids: [] }],
  ['a redaction', { redactions: { TOKEN: 2 } }],
  ['the agent’s own', { adapter: { mood: 'tense' } }],
  ['what is unfinished', { unfinished: [{ id: 't', message_id: null, summary: '', started_at: 1 }] }],
])('%s alone makes them differ', (_name, some) => {
  expect(snapshotDiff(snapshot(), snapshot(some)).same).toBe(false);
  expect(snapshotDiff(snapshot(some), snapshot()).same).toBe(false);
});

describe('transcript', () => {
  test.each<[string, string[], string[], Partial<Snapshot>, { added: number; removed: number; kept: number; scrolled_out: number }]>([
    ['grows', lines(0, 3), lines(0, 5), {}, { added: 2, removed: 0, kept: 3, scrolled_out: 0 }],
    ['begins', [], lines(0, 2), {}, { added: 2, removed: 0, kept: 0, scrolled_out: 0 }],
    ['is lost', lines(0, 3), [], {}, { added: 0, removed: 3, kept: 0, scrolled_out: 0 }],
    ['is another one', lines(0, 3), lines(5, 9), {}, { added: 4, removed: 3, kept: 0, scrolled_out: 0 }],
    ['moves on in a full window', lines(0, 200), lines(30, 230), {}, { added: 30, removed: 0, kept: 170, scrolled_out: 30 }],
    ['moves on by more than a window', lines(0, 200), lines(300, 500), {}, { added: 200, removed: 0, kept: 0, scrolled_out: 200 }],
    ['moves on in a smaller window', lines(0, 50), lines(10, 60), {}, { added: 10, removed: 0, kept: 40, scrolled_out: 10 }],
    ['loses its beginning', lines(0, 10), lines(4, 10), {}, { added: 0, removed: 4, kept: 6, scrolled_out: 0 }],
    [
      'gives lines up to stay within 1 MB',
      lines(0, 10),
      lines(4, 10),
      { transcript_lines_dropped: 4 },
      { added: 0, removed: 0, kept: 6, scrolled_out: 4 },
    ],
    ['changes in the middle', ['a', 'b', 'c'], ['a', 'x', 'c'], {}, { added: 1, removed: 1, kept: 2, scrolled_out: 0 }],
    ['repeats itself', ['ok', 'ok', 'ok'], ['ok', 'ok', 'ok', 'ok'], {}, { added: 1, removed: 0, kept: 3, scrolled_out: 0 }],
  ])('%s', (_name, before, after, more, numbers) => {
    const { added, removed, kept, scrolled_out } = transcriptOf(before, after, more);
    expect({ added: added.length, removed: removed.length, kept, scrolled_out }).toEqual(numbers);
  });

  test('numbers add up and lines keep their order, whatever they are', () => {
    const some = fc.array(fc.oneof(fc.constantFrom('a', 'b', 'c', '', '__proto__'), fc.string()), { maxLength: 30 });
    fc.assert(
      fc.property(some, some, fc.nat({ max: 2 }), (before, after, transcript_lines_dropped) => {
        const { added, removed, kept, scrolled_out } = transcriptOf(before, after, { transcript_lines_dropped });
        expect(kept + added.length).toBe(after.length);
        expect(kept + removed.length + scrolled_out).toBe(before.length);
        expect(subsequence(added, after) && subsequence(removed, before.slice(scrolled_out))).toBe(true);
        expect(without(after, added)).toEqual(without(before.slice(scrolled_out), removed));
      }),
      { numRuns: 500, seed: 7 },
    );
  });
});

test('the longest shared sequence is found, not just any', () => {
  expect(transcriptOf(['x', 'a', 'b', 'c', 'd'], ['a', 'b', 'c', 'x', 'd'])).toEqual({
    added: ['x'],
    removed: [],
    kept: 4,
    scrolled_out: 1,
  });
  expect(transcriptOf(['a', 'b', 'c', 'a'], ['a', 'b', 'c', 'd']).kept).toBe(3);
  expect(transcriptOf(lines(0, 3), lines(1, 5)).added).toEqual(['line 3', 'line 4']);
});

/** Lines of a list that are left when one of each of `gone` is taken out; the order of equal ones does not matter. */
function without(list: readonly string[], gone: readonly string[]): string[] {
  const left = [...list];
  for (const line of gone) left.splice(left.indexOf(line), 1);
  return left.sort();
}

function subsequence(short: readonly string[], long: readonly string[]): boolean {
  let at = 0;
  for (const line of long) if (short[at] === line) at += 1;
  return at === short.length;
}

test('long and strange values stay readable', () => {
  const long = 'x'.repeat(3000);
  const [change] = snapshotDiff(snapshot({ current_task: `${long}a` }), snapshot({ current_task: `${long}b` })).fields;
  expect(change?.before).toBe(`…${'x'.repeat(80)}a`);
  expect(change?.after).toBe(`…${'x'.repeat(80)}b`);
  const wide = Object.fromEntries(Array.from({ length: 50_000 }, (_unused, at) => [`k${at}`, at]));
  const many = snapshotDiff(snapshot(), snapshot({ adapter: wide })).fields;
  expect(many.map(({ field, after }) => [field, after?.length])).toEqual([
    ['adapter.mood', undefined],
    ['adapter', 500],
  ]);
  const twins = snapshotDiff(snapshot({ adapter: {} }), snapshot({ adapter: { 'a.b': 1, a: { b: 2 } } })).fields;
  expect(twins.map(({ field, after }) => [field, after])).toEqual([
    ['adapter.a.b', '2'],
    ['adapter.a.b (2)', '1'],
  ]);
});

test('a snapshot is the same as itself, also with its keys in another order', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.array(fc.string(), { maxLength: 20 }), (adapter, transcript_lines) => {
      const one = snapshot({ adapter, transcript_lines });
      const turned = (value: unknown): unknown =>
        typeof value !== 'object' || value === null || Array.isArray(value)
          ? value
          : Object.fromEntries(
              Object.entries(value)
                .reverse()
                .map(([key, inner]) => [key, turned(inner)]),
            );
      expect(snapshotDiff(one, { ...one, adapter: turned(adapter) as Snapshot['adapter'] })).toMatchObject({ same: true, fields: [] });
    }),
    { numRuns: 300, seed: 7 },
  );
});

test('two full windows of long lines are compared without delay', () => {
  const tall = (from: number) => Array.from({ length: MAX_TRANSCRIPT_LINES }, (_unused, at) => `${'y'.repeat(5000)}${from + at}`);
  expect(transcriptOf(tall(0), tall(7))).toMatchObject({ kept: 193, scrolled_out: 7 });
});
