import { describe, expect, it } from 'vitest';
import { INCIDENT_KINDS, SAID_BY_AGENTS } from '#lib/contract/incidents.ts';
import { detailBelow, isSaid, KINDS, muteUntil, muteWords } from './inbox-words.ts';

it('has a word for every kind there is, and knows which are said by agents', () => {
  expect([...KINDS].sort()).toEqual([...INCIDENT_KINDS].sort());
  expect(KINDS.filter((kind) => isSaid({ kind })).sort()).toEqual([...SAID_BY_AGENTS].sort());
});

it.each([
  ['Atlas: I am done', 'I am done\nwith all of it', 'with all of it'],
  ['Atlas: I am done', 'I am done', ''],
  ['Atlas is wedged', 'no event for 300 s', 'no event for 300 s'],
  ['Atlas is wedged', '', ''],
])('below %j of %j it says %j', (title, detail, below) => {
  expect(detailBelow({ title, detail })).toBe(below);
});

describe('a mute', () => {
  const at = new Date(2026, 10, 21, 17, 30).getTime();

  it('ends in an hour, in the morning, or never', () => {
    expect(muteUntil('hour', at)).toBe(at + 3_600_000);
    expect(new Date(muteUntil('tomorrow', at) ?? 0)).toEqual(new Date(2026, 10, 22, 8, 0));
    expect(muteUntil('ever', at)).toBeNull();
  });

  it.each([
    ['w', null, 'Atlas, all of it'],
    [null, 'wedged', '“Wedged” of every workspace'],
    ['w', 'wedged', '“Wedged” of Atlas'],
  ] as const)('of %s and %s is said in words', (workspace_id, kind, words) => {
    expect(muteWords({ workspace_id, workspace_name: workspace_id === null ? null : 'Atlas', kind })).toBe(words);
  });
});
