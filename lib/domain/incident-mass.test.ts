import { expect, test } from 'vitest';
import { COME_BACK_MS, countsForMass, isMass, joined, massFinding, mostAreBack } from './incident-mass.ts';
import { type IncidentState, raise } from './incident-state.ts';

test.each([
  [2, 2, false],
  [3, 3, true],
  [3, 10, true],
  [3, 11, false],
  [9, 31, false],
  [9, 30, true],
  [10, 10_000, true],
])('%i of %i: %s', (down, before, expected) => {
  expect(isMass(down, before)).toBe(expected);
});

test.each([
  [1, 3, COME_BACK_MS, true],
  [1, 3, COME_BACK_MS - 1, false],
  [2, 3, COME_BACK_MS, false],
  [1, 5, COME_BACK_MS, true],
  [2, 5, COME_BACK_MS, false],
  [0, 3, 0, true],
  [9, 9000, COME_BACK_MS, true],
  [10, 9000, COME_BACK_MS, false],
])('%i still away of %i after %i ms: over %s', (still, count, quiet, over) => {
  expect(mostAreBack(still, count, quiet)).toBe(over);
});

test('what never came up says nothing of the others', () => {
  expect(countsForMass({ kind: 'failed', facts: 'no_first_beat@5' })).toBe(false);
  expect(countsForMass({ kind: 'failed', facts: 'start_failed@5' })).toBe(true);
  expect(countsForMass({ kind: 'offline', facts: 'lapse@5' })).toBe(true);
  expect(countsForMass({ kind: 'wedged', facts: 'wedged@5' })).toBe(false);
});

test('it names the first, counts all, and says where to look first', () => {
  const part = (at: number): IncidentState => {
    const found = {
      key: `offline w${at}`,
      facts: 'f',
      kind: 'offline',
      severity: 'critical',
      workspace_id: `w${at}`,
      title: '',
      detail: '',
      at: 0,
    } as const;
    const raised = raise(null, { ...found, workspace_name: `Agent ${at}` }, `i${at}`, 0);
    if (!raised) throw new Error('not opened');
    return raised.incident;
  };
  const parts = Array.from({ length: 30 }, (_, at) => part(at));
  const found = massFinding(parts, 3_600_000, 0);
  expect(found.title).toBe('30 workspaces went down together');
  expect(found.detail).toMatch(/the network.*Agent 0, .*Agent 19$/s);
  expect(massFinding(parts, 60_000, 0).detail).toMatch(/Canvas itself started/);
  let mass = raise(null, found, 'm', 0)?.incident as IncidentState;
  mass = { ...mass, count: 30 };
  for (let at = 0; at < 200; at += 1) mass = joined(mass, part(at), 5);
  const again = [joined(mass, part(3), 9), joined(mass, part(150), 9, { ...part(150), part_of: 'm' })];
  expect(again).toEqual(Array(2).fill(mass));
  expect([mass.count, mass.workspace_ids.length, mass.title]).toEqual([230, 100, '230 workspaces went down together']);
});
