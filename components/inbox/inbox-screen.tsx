'use client';

import { useQueryClient } from '@tanstack/react-query';
import { useMemo, useRef, useState } from 'react';
import { usePlace } from '#components/shell/place.tsx';
import { Button } from '#components/ui/button.tsx';
import { StripsLoading } from '#components/ui/strips.tsx';
import { useFirstPaint } from '#components/ui/use-first-paint.ts';
import { ViewLinks } from '#components/ui/view-links.tsx';
import { PanelFailure } from '#components/workspace/panel-failure.tsx';
import { INBOX_VIEWS, type InboxFilter, inboxKeys } from '#lib/client/inbox.ts';
import { isOthers } from '#lib/client/inbox-actions.ts';
import type { InboxItem, InboxPage, IncidentDetail } from '#lib/contract/inbox.ts';
import { InboxEmpty } from './inbox-empty.tsx';
import { InboxFilters } from './inbox-filters.tsx';
import { InboxList, NewOnes } from './inbox-list.tsx';
import { inboxAddress, VIEW_LABEL } from './inbox-params.ts';
import { IncidentSide } from './incident-side.tsx';
import { MuteDialog } from './mute-dialog.tsx';
import { TakeOverDialog } from './take-over-dialog.tsx';
import { UndoBar } from './undo-bar.tsx';
import { useInbox } from './use-inbox.ts';
import { useInboxActions } from './use-inbox-actions.ts';
import { useInboxKeys } from './use-inbox-keys.ts';
import { useInboxLines } from './use-inbox-lines.ts';
import { useInboxPlace } from './use-inbox-place.ts';

interface InboxScreenProps {
  /** What the server rendered from. */
  first: { filter: InboxFilter; page: InboxPage; incident: IncidentDetail | null };
}

const NONE: readonly InboxItem[] = [];
const NO_COUNTS = { unread: 0, unread_alerts: 0, open: 0, mine: 0 };

/** What a person must know: lists of incidents, and beside them the one that is open. */
export function InboxScreen({ first }: InboxScreenProps) {
  const place = useInboxPlace();
  const { filter, open, go } = place;
  const { person } = usePlace();
  const actions = useInboxActions();
  const client = useQueryClient();
  const key = JSON.stringify(inboxKeys.list(filter));
  const inbox = useInbox(filter, key === JSON.stringify(inboxKeys.list(first.filter)) ? first.page : null);
  const pages = inbox.data?.pages;
  const items = useMemo(() => pages?.flatMap((page) => page.items) ?? NONE, [pages]);
  const incident = useFirstPaint(first.incident);
  const listRef = useRef<HTMLDivElement>(null);
  const list = useInboxLines(listRef, items, filter.view, key, open);
  const [taking, setTaking] = useState<InboxItem | null>(null);
  const [muting, setMuting] = useState<InboxItem | null>(null);
  const counts = pages?.[0]?.counts ?? NO_COUNTS;

  const narrowed = filter.workspace !== null || filter.kind !== null || filter.view === 'open' || filter.view === 'mine';
  const find = (id: string) => list.rows.find((row) => row.id === id)?.item ?? client.getQueryData<IncidentDetail>(inboxKeys.incident(id));
  const read = (item: InboxItem) => actions.setRead(item.id, item.unread);
  const take = (item: InboxItem) => actions.assign(item, person ?? 'this machine');
  const assign = (item: InboxItem) => (isOthers(item) ? setTaking(item) : take(item));
  const withItem = (act: (item: InboxItem) => void) => (id: string) => {
    const item = find(id);
    if (item !== undefined) act(item);
  };
  useInboxKeys(listRef, open, { e: withItem(read), a: withItem(assign), m: withItem(setMuting) }, () => go({ open: null }));

  return (
    <main className="mx-auto grid w-full max-w-7xl gap-4 px-3 py-4 sm:px-5">
      <div className={`flex flex-wrap items-center gap-x-4 gap-y-2 coarse:gap-y-4 ${open === null ? '' : 'max-lg:hidden'}`}>
        <h1 className="text-xl font-semibold">Inbox</h1>
        <ViewLinks
          label="Which incidents"
          current={filter.view}
          onGo={(view) => go({ view: INBOX_VIEWS.find((one) => one === view) ?? 'unread' })}
          views={INBOX_VIEWS.map((view) => ({
            key: view,
            label: VIEW_LABEL[view],
            href: inboxAddress({ ...filter, view }),
            count: view === 'all' ? null : counts[view],
          }))}
        />
        {counts.unread > 0 && (
          <Button small look="quiet" onClick={() => actions.readAll(pages?.[0]?.now ?? 0)}>
            {narrowed ? 'Mark the whole inbox as read' : 'Mark all as read'}
          </Button>
        )}
        <InboxFilters filter={filter} items={items} go={go} />
      </div>
      <div className="grid items-start gap-5 lg:grid-cols-[minmax(0,5fr)_minmax(0,6fr)]">
        <div
          className={`grid min-w-0 gap-3 ${open === null ? '' : 'max-lg:hidden'} ${list.rows.length === 0 && open === null ? 'lg:col-span-2' : ''}`}
        >
          {inbox.error !== null && <PanelFailure what="The inbox" error={inbox.error} onRetry={() => void inbox.refetch()} />}
          {pages === undefined && inbox.error === null && <StripsLoading what="the inbox" count={4} />}
          {pages !== undefined && !inbox.isOther && list.rows.length === 0 && <InboxEmpty filter={filter} counts={counts} go={go} />}
          <InboxList listRef={listRef} list={list} place={place} busy={inbox.isOther} />
          <NewOnes waiting={list.waiting} />
          {inbox.hasNextPage && (
            <div className="flex justify-center">
              <Button disabled={inbox.isFetchingNextPage} onClick={() => void inbox.fetchNextPage()}>
                {inbox.isFetchingNextPage ? 'Fetching older ones…' : 'Show older ones'}
              </Button>
            </div>
          )}
        </div>
        {(open !== null || list.rows.length > 0) && (
          <IncidentSide
            open={open}
            initial={incident}
            onClose={() => go({ open: null })}
            onRead={read}
            onMute={setMuting}
            onAssign={assign}
          />
        )}
      </div>
      {taking !== null && <TakeOverDialog from={taking.assignee_name ?? ''} onTake={() => take(taking)} onClose={() => setTaking(null)} />}
      {muting !== null && <MuteDialog item={muting} onClose={() => setMuting(null)} />}
      <UndoBar />
    </main>
  );
}
