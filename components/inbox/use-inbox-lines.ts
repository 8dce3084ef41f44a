'use client';

import { type RefObject, useMemo, useRef, useSyncExternalStore } from 'react';
import { usePointingHold } from '#components/fleet/use-pointing-hold.ts';
import type { InboxView } from '#lib/client/inbox.ts';
import { pageHold } from '#lib/client/order-hold.ts';
import { type SteadyList, steadyList } from '#lib/client/steady-list.ts';
import type { InboxItem } from '#lib/contract/inbox.ts';
import { type InboxLine, inboxLines } from './inbox-groups.ts';

const onRelease = (listener: () => void) => pageHold.onRelease(listener);

/** The lines to show, in an order that stands still while somebody points at them or has the keyboard in them. */
export function useInboxLines(
  ref: RefObject<HTMLElement | null>,
  items: readonly InboxItem[],
  view: InboxView,
  key: string,
  open: string | null,
): SteadyList<InboxLine> {
  usePointingHold(ref);
  const held = useSyncExternalStore(onRelease, pageHold.held, () => false);
  const shown = useRef<{ key: string; rows: readonly InboxLine[] }>({ key, rows: [] });
  // biome-ignore lint/correctness/useExhaustiveDependencies: `held` says when to look again
  return useMemo(() => {
    const before = shown.current.key === key ? shown.current.rows : [];
    const list = steadyList(before, inboxLines(items, view), {
      held: pageHold.held(),
      open,
      // What has left the unread ones was read or muted; elsewhere nothing is known of it.
      renew: (line, fresh) => ({ ...line, item: fresh?.item ?? (view === 'unread' ? { ...line.item, unread: false } : line.item) }),
    });
    shown.current = { key, rows: list.rows };
    return list;
  }, [items, view, key, open, held]);
}
