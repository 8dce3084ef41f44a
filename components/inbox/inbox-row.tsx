'use client';

import Link from 'next/link';
import { Age } from '#components/ui/age.tsx';
import { formatShort } from '#components/ui/format-count.ts';
import { plainText } from '#components/ui/plain-text.ts';
import type { InboxItem } from '#lib/contract/inbox.ts';
import { formatAge } from '#lib/domain/duration-text.ts';
import { detailBelow, KIND_LABEL } from './inbox-words.ts';
import { SeverityMark } from './severity-mark.tsx';

interface InboxRowProps {
  item: InboxItem;
  /** Its address; `onOpen` goes there without asking the server for a page. */
  href: string;
  open: boolean;
  onOpen: () => void;
  onRead: () => void;
}

/** One incident as a strip: how bad, what, how often, whose, since when; whether it was read, which its dot changes. */
export function InboxRow({ item, href, open, onOpen, onRead }: InboxRowProps) {
  const title = plainText(item.title);
  const detail = plainText(detailBelow(item));
  const name = plainText(item.workspace_name);
  return (
    <li
      data-incident={item.id}
      data-unread={item.unread}
      className={`group relative grid grid-cols-[auto_minmax(0,1fr)_auto] gap-x-2 border-t border-line py-2.5 pr-4 pl-1.5 first:border-t-0 hover:bg-text/3 ${open ? 'bg-accent/8 hover:bg-accent/10' : ''}`}
    >
      <button
        type="button"
        aria-label={`${item.unread ? 'Mark as read' : 'Mark as unread'}: ${title}`}
        title={item.unread ? 'Mark as read' : 'Mark as unread'}
        className="relative z-10 flex size-6 items-center justify-center rounded-full hover:bg-text/10 coarse:size-11"
        onClick={onRead}
      >
        <span
          aria-hidden="true"
          className={`size-2 rounded-full ${item.unread ? 'bg-accent' : 'border border-line-strong opacity-0 group-hover:opacity-100'}`}
        />
      </button>
      <div className="grid min-w-0 gap-0.5">
        <h3 className="flex min-w-0 items-baseline gap-2">
          <Link
            href={href}
            prefetch={false}
            {...(open ? { 'aria-current': 'true' } : {})}
            onNavigate={(event) => {
              event.preventDefault();
              onOpen();
            }}
            className={`min-w-0 truncate outline-none after:absolute after:inset-0 focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent ${item.unread ? 'font-semibold' : 'text-soft'}`}
            dir="auto"
          >
            {title}
            {item.unread && <span className="sr-only">, unread</span>}
          </Link>
          {item.count > 1 && (
            <span className="flex-none rounded bg-text/8 px-1 text-xs text-soft">
              <span className="sr-only">, </span>
              {formatShort(item.count)}
              <span aria-hidden="true">×</span>
              <span className="sr-only"> times</span>
            </span>
          )}
        </h3>
        {detail !== '' && (
          <p className="truncate text-sm text-soft" dir="auto">
            {detail}
          </p>
        )}
        <p className="flex min-w-0 items-center gap-x-2 text-xs text-faint">
          <SeverityMark item={item} />
          <span className="flex-none">{KIND_LABEL[item.kind]}</span>
          {name !== '' && (
            <span className="min-w-0 truncate" dir="auto">
              {name}
            </span>
          )}
          {item.assignee_name !== null && (
            <span className="max-w-32 flex-none truncate text-soft" dir="auto">
              → {item.mine ? 'you' : plainText(item.assignee_name)}
            </span>
          )}
          {item.muted_by !== null && <span className="flex-none">muted</span>}
        </p>
      </div>
      <p className="text-right text-xs text-faint">
        <span className="text-soft">
          <Age at={item.last_at} />
        </span>
        {item.closed_at !== null && <span className="block">took {formatAge(item.closed_at - item.opened_at)}</span>}
      </p>
    </li>
  );
}
