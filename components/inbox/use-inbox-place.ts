'use client';

import { usePathname, useSearchParams } from 'next/navigation';
import { useCallback, useMemo } from 'react';
import type { InboxFilter } from '#lib/client/inbox.ts';
import { inboxAddress, incidentOf, readInboxFilter } from './inbox-params.ts';

export interface InboxPlace {
  filter: InboxFilter;
  /** The incident that is open. */
  open: string | null;
  /** Goes to another list or incident without asking the server for a page: the browser fetches what it lacks. */
  go: (change: Partial<InboxFilter> & { open?: string | null }) => void;
}

/** Which list and which incident the address has: a reload, a link and the back button know them too. */
export function useInboxPlace(): InboxPlace {
  const params = useSearchParams();
  const open = incidentOf(usePathname());
  const filter = useMemo(() => readInboxFilter((name) => params.get(name)), [params]);
  const go = useCallback((change: Partial<InboxFilter> & { open?: string | null }) => {
    const now = new URLSearchParams(location.search);
    const { open: opens, ...rest } = change;
    const next = inboxAddress(
      { ...readInboxFilter((name) => now.get(name)), ...rest },
      opens === undefined ? incidentOf(location.pathname) : opens,
    );
    // What is opened is one step that one goes back from, also from the next that is opened; closing is that step back, so that
    // Back after it does something. Another list takes the place of this one.
    const fromList = (history.state as { fromList?: boolean } | null)?.fromList === true;
    if (typeof opens === 'string' && incidentOf(location.pathname) === null) history.pushState({ fromList: true }, '', next);
    else if (typeof opens === 'string') history.replaceState({ fromList }, '', next);
    else if (opens === null && fromList) history.back();
    else history.replaceState(null, '', next);
  }, []);
  return { filter, open, go };
}
