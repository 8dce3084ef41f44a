'use client';

import Link from 'next/link';
import { useWorkspace } from '#components/fleet/use-workspace.ts';
import { SHOWN_TONE } from '#components/status/shown-tone.ts';
import { StatusMark } from '#components/status/status-mark.tsx';
import { formatCount } from '#components/ui/format-count.ts';
import { plainText } from '#components/ui/plain-text.ts';
import { shownState } from '#lib/domain/shown-state.ts';
import { Panel } from './panel.tsx';

/** A child, with its mark once the browser knows how it is. */
function Child({ id, name }: { id: string; name: string }) {
  const card = useWorkspace(id)?.card;
  const state = card ? shownState(card) : null;
  return (
    <li
      data-tone={state === null ? 'off' : SHOWN_TONE[state]}
      className="flex min-w-0 items-center justify-between gap-3 border-t border-line py-1.5 first:border-t-0 coarse:py-3"
    >
      <Link
        href={`/w/${encodeURIComponent(id)}`}
        prefetch={false}
        className="min-w-0 truncate font-medium underline-offset-4 hover:underline"
        dir="auto"
      >
        {plainText(card?.name ?? name)}
      </Link>
      {card && state !== null && <StatusMark state={state} since={card.since} />}
    </li>
  );
}

export function ChildrenPanel({ items }: { items: readonly { id: string; name: string }[] }) {
  return (
    <Panel id="children" title="Below it" note={formatCount(items.length)}>
      <ul>
        {items.map((child) => (
          <Child key={child.id} {...child} />
        ))}
      </ul>
    </Panel>
  );
}
