import type { InboxView } from '#lib/client/inbox.ts';
import { isAlert } from '#lib/client/unread.ts';
import type { InboxItem } from '#lib/contract/inbox.ts';
import { SEVERITY_RANK } from './inbox-words.ts';

/** An incident in its place in the list. */
export interface InboxLine {
  id: string;
  group: string;
  item: InboxItem;
}

const NEEDS = 'Needs somebody';
const SAID = 'Said by agents';
const OVER = 'Over by itself';
const ORDER = [NEEDS, SAID, OVER];

function groupOf(item: InboxItem): string {
  if (!isAlert(item)) return SAID;
  return item.closed_at === null ? NEEDS : OVER;
}

/**
 * The list in the order it is read: what is wrong now, the worst first; then what agents say; then what is over. All of
 * the past is in the order of time instead, for there a person looks something up. `items` come newest first.
 */
export function inboxLines(items: readonly InboxItem[], view: InboxView): InboxLine[] {
  if (view === 'all') return items.map((item) => ({ id: item.id, group: 'Newest first', item }));
  const lines = items.map((item) => ({ id: item.id, group: groupOf(item), item }));
  const worst = ({ group, item }: InboxLine) => (group === NEEDS ? SEVERITY_RANK[item.severity] : 0);
  return lines.sort((a, b) => ORDER.indexOf(a.group) - ORDER.indexOf(b.group) || worst(a) - worst(b) || b.item.last_at - a.item.last_at);
}

/** Lines that follow one another and belong together. */
export function groupsOf(lines: readonly InboxLine[]): { group: string; key: string; lines: InboxLine[] }[] {
  const groups: { group: string; key: string; lines: InboxLine[] }[] = [];
  for (const line of lines) {
    const last = groups.at(-1);
    if (last?.group === line.group) last.lines.push(line);
    else
      groups.push({ group: line.group, key: `${line.group} ${groups.filter(({ group }) => group === line.group).length}`, lines: [line] });
  }
  return groups;
}
