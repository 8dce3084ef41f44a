'use client';

import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { useRefetchAfterGap } from '#components/shell/use-refetch-on.ts';
import { PanelFailure } from '#components/workspace/panel-failure.tsx';
import { ApiError } from '#lib/client/api.ts';
import { fetchIncident, inboxKeys } from '#lib/client/inbox.ts';
import type { IncidentDetail } from '#lib/contract/inbox.ts';
import { IncidentPane } from './incident-pane.tsx';
import { useInboxActions } from './use-inbox-actions.ts';

interface OpenIncidentProps {
  id: string;
  initial: IncidentDetail | null;
  focus: boolean;
  onRead: (item: IncidentDetail) => void;
  onMute: (item: IncidentDetail) => void;
  onAssign: (item: IncidentDetail) => void;
}

/** The incident that is open: fetched when it is not known, marked as read because it is looked at. */
export function OpenIncident({ id, initial, focus, onRead, onMute, onAssign }: OpenIncidentProps) {
  const actions = useInboxActions();
  const { data, error, refetch } = useQuery({
    queryKey: inboxKeys.incident(id),
    queryFn: ({ signal }) => fetchIncident(id, signal),
    gcTime: 60_000,
    staleTime: 1_000,
    ...(initial === null ? {} : { initialData: initial }),
  });
  useRefetchAfterGap(inboxKeys.incidents);
  // Once per opening: who marks it as unread while it is open wants it so. News that comes meanwhile stay unread on purpose.
  const seen = useRef(false);
  useEffect(() => {
    if (data === undefined || seen.current) return;
    seen.current = true;
    if (data.unread) void actions.seen(id);
  }, [data, id, actions]);
  if (data === undefined && error === null)
    return <div role="status" aria-label="Loading the incident" className="h-72 animate-pulse rounded-lg bg-text/5" />;
  if (data === undefined)
    return error instanceof ApiError && error.code === 'not_found' ? (
      <p className="rounded-lg border border-dashed border-line-strong px-5 py-10 text-center text-soft">
        There is no such incident. It may be so old that it was taken out, or its workspace was removed.
      </p>
    ) : (
      <PanelFailure what="The incident" error={error as Error} onRetry={() => void refetch()} />
    );
  return (
    <>
      {error !== null && <PanelFailure what="The incident" error={error} onRetry={() => void refetch()} />}
      <IncidentPane incident={data} focus={focus} onRead={() => onRead(data)} onMute={() => onMute(data)} onAssign={() => onAssign(data)} />
    </>
  );
}
