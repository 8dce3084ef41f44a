'use client';

import type { RefObject } from 'react';
import { formatCount } from '#components/ui/format-count.ts';
import { StripList, Strips } from '#components/ui/strips.tsx';
import type { SteadyList } from '#lib/client/steady-list.ts';
import { groupsOf, type InboxLine } from './inbox-groups.ts';
import { inboxAddress } from './inbox-params.ts';
import { InboxRow } from './inbox-row.tsx';
import { useInboxActions } from './use-inbox-actions.ts';
import type { InboxPlace } from './use-inbox-place.ts';

interface InboxListProps {
  listRef: RefObject<HTMLDivElement | null>;
  list: SteadyList<InboxLine>;
  place: InboxPlace;
  /** Another list is asked for; this one is the one before. */
  busy: boolean;
}

/** The incidents in their groups. New ones that came while somebody points at the list are counted at its foot, where nothing moves. */
export function InboxList({ listRef, list, place, busy }: InboxListProps) {
  const actions = useInboxActions();
  return (
    <div ref={listRef} aria-busy={busy} className={`grid min-w-0 content-start gap-4 transition-opacity ${busy ? 'opacity-60' : ''}`}>
      {groupsOf(list.rows).map(({ group, key, lines }) => (
        <Strips key={key} id={key.replaceAll(' ', '-').toLowerCase()} title={group} note={formatCount(lines.length)}>
          <StripList>
            {lines.map(({ item }) => (
              <InboxRow
                key={item.id}
                item={item}
                href={inboxAddress(place.filter, item.id)}
                open={place.open === item.id}
                onOpen={() => place.go({ open: item.id })}
                onRead={() => actions.setRead(item.id, item.unread)}
              />
            ))}
          </StripList>
        </Strips>
      ))}
    </div>
  );
}

/** Says how many are new, over the list's foot: it comes and goes without moving a row. */
export function NewOnes({ waiting }: { waiting: number }) {
  return (
    <p role="status" className="pointer-events-none sticky bottom-3 z-10 h-0 text-center text-sm">
      {waiting > 0 && (
        <span className="relative -top-10 inline-block rounded-full border border-accent bg-raise px-3 py-1.5 shadow-lg shadow-black/20">
          {formatCount(waiting)} new, shown when you leave the list
        </span>
      )}
    </p>
  );
}
