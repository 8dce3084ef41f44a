import { describe, expect, it } from 'vitest';
import type { InboxItem } from '#lib/contract/inbox.ts';
import { groupsOf, inboxLines } from './inbox-groups.ts';

const item = (id: string, over: Partial<InboxItem>) =>
  ({ id, kind: 'offline', severity: 'warning', closed_at: null, last_at: 0, ...over }) as InboxItem;
const ITEMS = [
  item('over', { last_at: 9, closed_at: 9 }),
  item('late', { last_at: 8 }),
  item('said', { last_at: 7, kind: 'agent_message', severity: 'info', closed_at: 7 }),
  item('worst', { last_at: 2, kind: 'wedged', severity: 'critical' }),
  item('early', { last_at: 1 }),
];

describe('the order of the inbox', () => {
  it('is what is wrong now, the worst and newest first, then what agents say, then what is over', () => {
    const groups = groupsOf(inboxLines(ITEMS, 'unread')).map(({ group, lines }) => [group, ...lines.map(({ id }) => id)]);
    expect(groups).toEqual([
      ['Needs somebody', 'worst', 'late', 'early'],
      ['Said by agents', 'said'],
      ['Over by itself', 'over'],
    ]);
  });

  it('has what an agent says of a failure among what needs somebody, and its good news apart', () => {
    const said = [
      item('failed', { last_at: 1, kind: 'delegation' }),
      item('done', { last_at: 3, kind: 'delegation', severity: 'info' }),
      item('injected', { last_at: 2, kind: 'injection' }),
    ];
    expect(inboxLines(said, 'unread').map(({ id, group }) => `${group}: ${id}`)).toEqual([
      'Needs somebody: injected',
      'Needs somebody: failed',
      'Said by agents: done',
    ]);
  });

  it('is that of time where one looks something up', () => {
    expect(inboxLines(ITEMS, 'all').map(({ id }) => id)).toEqual(['over', 'late', 'said', 'worst', 'early']);
  });

  it('keeps groups apart that come twice, while a held list waits to be put in order', () => {
    const lines = [...inboxLines(ITEMS, 'unread'), ...inboxLines([item('older', {})], 'unread')];
    const keys = groupsOf(lines).map(({ key }) => key);
    expect(keys).toEqual(['Needs somebody 0', 'Said by agents 0', 'Over by itself 0', 'Needs somebody 1']);
  });
});
