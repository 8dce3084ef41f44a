'use client';

import Link from 'next/link';
import { Button } from '#components/ui/button.tsx';
import { NothingHere } from '#components/ui/strips.tsx';
import type { InboxFilter } from '#lib/client/inbox.ts';
import type { InboxPage } from '#lib/contract/inbox.ts';

const SAYS: Record<InboxFilter['view'], { title: string; text: string }> = {
  unread: {
    title: 'Nothing needs you',
    text: 'Quiet is good. When an agent is stuck, is gone, or has something to say, it stands here, once.',
  },
  open: {
    title: 'Nothing is wrong',
    text: 'No workspace is wedged, gone or refused at the moment, and no agent has said anything in the last hour.',
  },
  mine: { title: 'You have taken nothing on', text: '“Assign to me” on an incident tells everybody that you take care of it.' },
  all: { title: 'Nothing has happened yet', text: 'What needs a person, and what agents tell you, is written down here.' },
};

/** A list without anything in it: why that is so, and what leads on. */
export function InboxEmpty({
  filter,
  counts,
  go,
}: {
  filter: InboxFilter;
  counts: InboxPage['counts'];
  go: (change: Partial<InboxFilter>) => void;
}) {
  const { title, text } = SAYS[filter.view];
  if (filter.workspace !== null || filter.kind !== null)
    return (
      <NothingHere title="Nothing like this is here">
        <Button onClick={() => go({ workspace: null, kind: null })}>Show the others too</Button>
      </NothingHere>
    );
  return (
    <NothingHere title={title}>
      <p className="max-w-md text-soft">{text}</p>
      {filter.view === 'unread' && counts.open > 0 && <Button onClick={() => go({ view: 'open' })}>Show what is still open</Button>}
      {(filter.view === 'unread' || filter.view === 'all') && (
        <p className="text-sm text-soft">
          Be told outside of this page too:{' '}
          <Link className="font-medium text-accent underline underline-offset-4" href="/settings#channels" prefetch={false}>
            set up a channel
          </Link>
        </p>
      )}
    </NothingHere>
  );
}
