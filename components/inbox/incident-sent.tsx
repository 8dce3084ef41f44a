'use client';

import Link from 'next/link';
import { LocalTime } from '#components/ui/local-time.tsx';
import { plainText } from '#components/ui/plain-text.ts';
import type { DeliveryRow } from '#lib/contract/channels.ts';
import { DELIVERY_LABEL, DELIVERY_TONE } from './inbox-words.ts';

/** What was sent of an incident, to where, and how that went. */
export function IncidentSent({ deliveries }: { deliveries: readonly DeliveryRow[] }) {
  if (deliveries.length === 0)
    return (
      <p className="text-sm text-faint">
        To no channel. Which incidents are sent where is set in the{' '}
        <Link href="/settings" prefetch={false} className="text-accent underline underline-offset-4">
          settings
        </Link>
        .
      </p>
    );
  return (
    <ul className="grid gap-2">
      {deliveries.map((row) => (
        <DeliveryLine key={row.id} row={row} />
      ))}
    </ul>
  );
}

function DeliveryLine({ row }: { row: DeliveryRow }) {
  return (
    <li className="grid gap-0.5 text-sm">
      <p className="flex flex-wrap items-baseline gap-x-2">
        <b data-tone={DELIVERY_TONE[row.state]} className="font-medium text-tone">
          {DELIVERY_LABEL[row.state]}
        </b>
        <span className="min-w-0 wrap-anywhere" dir="auto">
          {plainText(row.channel_name)}
        </span>
        <span className="text-xs text-faint">
          <LocalTime at={row.ended_at ?? row.created_at} />
          {row.attempts > 1 && ` · attempt ${row.attempts}`}
          {row.due_at !== null && row.ended_at === null && (
            <>
              {' '}
              · tried again at <LocalTime at={row.due_at} />
            </>
          )}
        </span>
      </p>
      {row.why !== '' && (
        <p className="text-xs wrap-anywhere text-soft" dir="auto">
          {plainText(row.why)}
        </p>
      )}
    </li>
  );
}
