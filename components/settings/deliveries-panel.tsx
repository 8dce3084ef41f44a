'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useState } from 'react';
import { DELIVERY_LABEL, DELIVERY_TONE } from '#components/inbox/inbox-words.ts';
import { Button } from '#components/ui/button.tsx';
import { formatCount } from '#components/ui/format-count.ts';
import { LocalTime } from '#components/ui/local-time.tsx';
import { plainText } from '#components/ui/plain-text.ts';
import { Panel } from '#components/workspace/panel.tsx';
import { PanelFailure } from '#components/workspace/panel-failure.tsx';
import { channelKeys, fetchDeliveries } from '#lib/client/channels.ts';
import type { DeliveryRow } from '#lib/contract/channels.ts';
import { KEPT_DAYS } from '#lib/contract/kept-days.ts';

const ABOUT: Record<string, string> = { opened: 'opened', again: 'again', closed: 'over', test: 'a test' };
const MOVING_MS = 2_000;
const QUIET_MS = 15_000;
const FIRST = 8;
const moves = ({ state }: DeliveryRow) => state === 'waiting' || state === 'sending';

/** What was sent, waits or failed, newest first, each with its reason. */
export function DeliveriesPanel({ initial }: { initial: DeliveryRow[] }) {
  const [all, setAll] = useState(false);
  const { data, error, refetch, isFetching } = useQuery({
    queryKey: channelKeys.deliveries(null),
    queryFn: ({ signal }) => fetchDeliveries(null, signal),
    // Nothing tells of each of them; while one is on its way it is worth looking often.
    refetchInterval: ({ state }) => (state.data?.some(moves) ? MOVING_MS : QUIET_MS),
    initialData: initial,
    gcTime: 60_000,
  });
  return (
    <Panel
      id="deliveries"
      title="What was sent"
      note={`newest first, kept for ${KEPT_DAYS.sent} days`}
      actions={
        <Button small look="quiet" disabled={isFetching} onClick={() => void refetch()}>
          Look again
        </Button>
      }
    >
      {error !== null && <PanelFailure what="The log" error={error} onRetry={() => void refetch()} />}
      {data.length === 0 ? (
        <p className="text-sm text-faint">Nothing yet.</p>
      ) : (
        <>
          <ol className="grid">
            {(all ? data : data.slice(0, FIRST)).map((row) => (
              <DeliveryStrip key={row.id} row={row} />
            ))}
          </ol>
          {data.length > FIRST && !all && (
            <div className="flex justify-center">
              <Button small onClick={() => setAll(true)}>
                Show {formatCount(data.length - FIRST)} more
              </Button>
            </div>
          )}
        </>
      )}
    </Panel>
  );
}

function DeliveryStrip({ row }: { row: DeliveryRow }) {
  const title = plainText(row.title);
  return (
    <li className="grid gap-x-3 gap-y-0.5 border-t border-line py-2 text-sm first:border-t-0 sm:grid-cols-[5.5rem_minmax(0,1fr)_auto]">
      <p className="flex gap-2">
        <b data-tone={DELIVERY_TONE[row.state]} className="font-medium text-tone">
          {DELIVERY_LABEL[row.state]}
        </b>
      </p>
      <div className="grid min-w-0">
        <p className="truncate" dir="auto">
          {row.incident_id === null ? (
            title
          ) : (
            <Link href={`/inbox/${encodeURIComponent(row.incident_id)}`} prefetch={false} className="underline-offset-4 hover:underline">
              {title}
            </Link>
          )}
        </p>
        <p className="text-xs wrap-anywhere text-faint" dir="auto">
          {plainText(row.channel_name)} · {ABOUT[row.about] ?? row.about}
          {row.attempts > 1 && ` · attempt ${row.attempts}`}
          {row.why !== '' && ` · ${plainText(row.why)}`}
          {row.due_at !== null && row.ended_at === null && (
            <>
              {' '}
              · due at <LocalTime at={row.due_at} />
            </>
          )}
        </p>
      </div>
      <p className="text-xs text-faint">
        <LocalTime at={row.ended_at ?? row.created_at} />
      </p>
    </li>
  );
}
