'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useMemo } from 'react';
import { StatusShape } from '#components/status/status-shape.tsx';
import { Age } from '#components/ui/age.tsx';
import { LocalTime } from '#components/ui/local-time.tsx';
import { plainText } from '#components/ui/plain-text.ts';
import { callApi } from '#lib/client/api.ts';
import type { LedgerEvent } from '#lib/contract/events.ts';
import { eventText } from './event-text.ts';
import { foldRuns } from './fold-runs.ts';
import { Panel } from './panel.tsx';
import { PanelFailure } from './panel-failure.tsx';

/** Everything that changed it, newest first, each with its cause and who did it. Incidents are made from the same rows: the inbox has them. */
export function TimelinePanel({ id, initial }: { id: string; initial: LedgerEvent[] }) {
  const { data, error, refetch } = useQuery({
    queryKey: ['events', id],
    queryFn: ({ signal }) => callApi<LedgerEvent[]>('GET /events/:workspace_id', { params: { workspace_id: id }, signal }),
    initialData: initial,
    gcTime: 60_000,
  });
  const lines = useMemo(() => foldRuns(data), [data]);
  return (
    <Panel id="timeline" title="What happened" note="the newest 100">
      {error !== null && <PanelFailure what="The list" error={error} onRetry={() => void refetch()} />}
      {data.length === 0 && <p className="text-sm text-faint">Nothing yet.</p>}
      <ol
        aria-label="What happened, newest first"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it
        tabIndex={0}
        className="max-h-112 overflow-y-auto"
      >
        {lines.map(({ event, actor, runId, steps }) => {
          const { title, detail, tone, shape } = eventText(event);
          return (
            <li
              key={event.seq}
              data-tone={tone}
              className="grid grid-cols-[0.75rem_minmax(0,1fr)_auto] items-baseline gap-x-2.5 border-t border-line py-2 text-sm first:border-t-0"
            >
              {shape === null ? (
                <span aria-hidden="true" className="mx-auto block size-1 -translate-y-0.5 rounded-full bg-faint" />
              ) : (
                <StatusShape state={shape} />
              )}
              <div className="min-w-0">
                <p className="font-medium wrap-anywhere" dir="auto">
                  {plainText(title)}
                </p>
                {detail !== '' && (
                  <p className="wrap-anywhere text-soft" dir="auto">
                    {plainText(detail)}
                  </p>
                )}
                <p className="text-xs text-faint">
                  by {actor.kind === 'platform' ? 'Canvas' : plainText(actor.name)}
                  {runId !== null && (
                    <>
                      {' · '}
                      <Link
                        className="text-accent underline underline-offset-4"
                        href={`/restarts/${encodeURIComponent(runId)}`}
                        prefetch={false}
                      >
                        {steps === 1 ? 'its restart' : `all ${steps} steps`}
                      </Link>
                    </>
                  )}
                </p>
              </div>
              <p className="text-right text-xs text-faint">
                <span className="block text-soft">
                  <Age at={event.at} /> ago
                </span>
                <LocalTime at={event.at} />
              </p>
            </li>
          );
        })}
      </ol>
    </Panel>
  );
}
