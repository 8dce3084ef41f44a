import { describe, expect, it } from 'vitest';
import { announcementOf, statusChangeOf } from './announce.ts';
import { ledger, removal, testCard } from './test-cards.ts';

describe('announcements', () => {
  it('reads a status as a person knows it, and nothing from other rows', () => {
    const { event } = ledger(1, testCard('a', { status: 'degraded', cause: 'wedged' })).data;
    expect(statusChangeOf(event, 'Atlas')).toEqual({ name: 'Atlas', state: 'wedged' });
    expect(statusChangeOf(removal(2, 'a').data.event, 'Atlas')).toBeNull();
  });

  it.each([
    [[], ''],
    [[{ name: 'A', state: 'offline' as const }], 'A is now Offline.'],
    [
      [
        { name: 'A', state: 'offline' as const },
        { name: 'A', state: 'online' as const },
      ],
      'A is now Online.',
    ],
    [
      [
        { name: 'A', state: 'wedged' as const },
        { name: 'B', state: 'offline' as const },
        { name: 'C', state: 'wedged' as const },
      ],
      '3 workspaces changed: 2 Wedged, 1 Offline.',
    ],
  ])('says what changed in one sentence', (changes, sentence) => {
    expect(announcementOf(changes)).toBe(sentence);
  });
});
