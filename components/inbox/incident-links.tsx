import Link from 'next/link';
import type { InboxItem } from '#lib/contract/inbox.ts';

/** Where to read on: the pages about what an incident belongs to. */
export function IncidentLinks({ item }: { item: InboxItem }) {
  const at = (path: string, id: string | null) => (id === null ? null : `${path}${encodeURIComponent(id)}`);
  const links = [
    ['The delegation', at('/delegations/', item.delegation_id)],
    ['Its trace through all workspaces', at('/traces/', item.trace_id)],
    ['The restart', at('/restarts/', item.run_id)],
    ['The messages of the workspace', item.queue_id === null ? null : at('/w/', item.workspace_id)],
    ['Many went down together', at('/inbox/', item.part_of)],
    ['All that are down, in the fleet', item.kind === 'mass' ? '/?state=failed,offline,awaiting_agent' : null],
  ] as const;
  const there = links.flatMap(([name, href]) => (href === null ? [] : [{ name, href }]));
  if (there.length === 0) return null;
  return (
    <ul aria-label="Where to read on" className="flex flex-wrap gap-x-4 gap-y-1 text-sm">
      {there.map(({ name, href }) => (
        <li key={name}>
          <Link href={href} prefetch={false} className="inline-flex items-center text-accent underline underline-offset-4 coarse:min-h-11">
            {name}
          </Link>
        </li>
      ))}
    </ul>
  );
}
