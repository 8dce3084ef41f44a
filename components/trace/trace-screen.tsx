'use client';

import { useQuery } from '@tanstack/react-query';
import { useCallback } from 'react';
import { PageTrail } from '#components/restarts/page-trail.tsx';
import { counted } from '#components/restarts/run-words.ts';
import { useRefetchOn } from '#components/shell/use-refetch-on.ts';
import { RedactedText } from '#components/snapshots/redacted-text.tsx';
import { formatCount } from '#components/ui/format-count.ts';
import { LocalTime } from '#components/ui/local-time.tsx';
import { Sheet } from '#components/ui/sheet.tsx';
import { useClock } from '#components/ui/use-clock.ts';
import { useMedia } from '#components/ui/use-media.ts';
import { PanelFailure } from '#components/workspace/panel-failure.tsx';
import { delegationKeys, fetchTrace } from '#lib/client/delegations.ts';
import type { EventType, LedgerEvent } from '#lib/contract/events.ts';
import type { Trace, TraceSpan } from '#lib/contract/traces.ts';
import { SpanDetail } from './span-detail.tsx';
import { SpanMark } from './span-mark.tsx';
import { sourceName, targetName, tookText } from './span-words.ts';
import { TraceList } from './trace-list.tsx';
import { TraceTimeline } from './trace-timeline.tsx';
import { TraceLegend, TraceTools } from './trace-tools.tsx';
import { useTracePlace } from './use-trace-place.ts';
import { useTraceView } from './use-trace-view.ts';

const EVENTS: readonly EventType[] = ['delegation.changed'];
const EVERY_MS = 2_000;
/** A trace of thousands is asked for less often. */
const PER_SPAN_MS = 5;

const isOpen = (span: TraceSpan) => span.ended_at === null;

function useTrace(id: string, initial: Trace) {
  const ofThis = useCallback((event: LedgerEvent) => (event.data as { trace_id?: unknown }).trace_id === id, [id]);
  useRefetchOn(delegationKeys.trace(id), EVENTS, ofThis);
  return useQuery({
    queryKey: delegationKeys.trace(id),
    queryFn: ({ signal }) => fetchTrace(id, signal),
    refetchInterval: ({ state }) => (state.data?.spans.some(isOpen) === true ? EVERY_MS + state.data.spans.length * PER_SPAN_MS : false),
    gcTime: 60_000,
    initialData: initial,
  });
}

/** One request from its beginning to its end, across all workspaces that it came to. */
export function TraceScreen({ id, initial }: { id: string; initial: Trace }) {
  const { data: trace, error, refetch } = useTrace(id, initial);
  const open = trace.spans.filter(isOpen).length;
  // Nothing of a finished request depends on the time of day: it is drawn once.
  const now = useClock((time) => (open > 0 ? Math.max(time, trace.now) : trace.now));
  const { span: chosen, list, change } = useTracePlace();
  const view = useTraceView(trace, now);
  const narrow = useMedia('(max-width: 639px)');
  const asList = list || narrow;
  const span = trace.spans.find(({ span_id }) => span_id === chosen) ?? null;
  const select = (spanId: string | null) => change('span', spanId);
  const roots = view.roots;
  return (
    <main className="mx-auto grid w-full max-w-screen-2xl gap-3 px-3 py-4 sm:px-5">
      <header className="grid gap-1.5">
        <PageTrail way={[{ href: '/delegations', name: 'Delegations' }]} />
        <h1 className="clamp-2 min-w-0 text-xl font-semibold wrap-anywhere" dir="auto">
          <TraceTitle roots={roots} />
        </h1>
        <p className="text-sm text-soft">
          <Sums trace={trace} root={roots.length === 1 ? (roots[0] ?? null) : null} open={open} now={now} />
        </p>
      </header>
      {error !== null && <PanelFailure what="This request" error={error} onRetry={() => void refetch()} />}
      {trace.left_out > 0 && (
        <p data-tone="warn" className="rounded-md bg-tint px-3 py-2 text-sm">
          It is larger than what is shown: {counted(trace.left_out, 'later request')} left out.
        </p>
      )}
      <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2">
        <TraceTools
          line={!asList}
          zoomed={view.zoomed}
          anyFolded={view.allFolded}
          onView={(next) => change('view', next ? 'list' : null)}
          onFoldAll={view.foldAll}
          onZoom={(factor) => view.zoomBy(factor, span?.started_at ?? null)}
          onMove={view.moveBy}
          onWhole={view.showWhole}
        />
        {!asList && <TraceLegend />}
      </div>
      <div className={span !== null && !narrow ? 'grid items-start gap-4 xl:grid-cols-[minmax(0,1fr)_24rem]' : 'grid gap-4'}>
        {asList ? (
          <TraceList rows={view.rows} selected={chosen} now={now} onSelect={select} />
        ) : (
          <TraceTimeline
            rows={view.rows}
            selected={chosen}
            window={view.window}
            zero={view.whole.from}
            now={now}
            open={open > 0}
            onSelect={select}
            onFold={view.fold}
            onZoom={view.zoomBy}
            onMove={view.moveBy}
            onWhole={view.showWhole}
          />
        )}
        {span !== null && !narrow && (
          <section aria-labelledby="span" className="grid min-w-0 content-start gap-3 rounded-lg border border-line bg-panel p-4">
            <h2 id="span" className="text-sm font-semibold wrap-anywhere">
              <SpanTitle span={span} />
            </h2>
            <SpanDetail span={span} now={now} />
          </section>
        )}
        {span !== null && narrow && (
          <Sheet title={<SpanTitle span={span} />} onClose={() => select(null)}>
            <SpanDetail span={span} now={now} />
          </Sheet>
        )}
      </div>
    </main>
  );
}

/** The one request that caused all of it; or, of several that belong together, whose they are. */
function TraceTitle({ roots }: { roots: readonly TraceSpan[] }) {
  const [first] = roots;
  if (first === undefined) return 'A request';
  if (roots.length === 1) return first.summary.trim() === '' ? 'A request' : <RedactedText text={first.summary} />;
  const source = roots.every(({ source_id }) => source_id === first.source_id) ? sourceName(first) : null;
  return source === null ? (
    `${formatCount(roots.length)} requests that belong together`
  ) : (
    <>
      Work of <bdi>{source}</bdi>
    </>
  );
}

function SpanTitle({ span }: { span: TraceSpan }) {
  return (
    <>
      <bdi>{sourceName(span)}</bdi>
      <span aria-hidden="true" className="px-1.5 font-normal text-faint">
        →
      </span>
      <span className="sr-only"> asked </span>
      <bdi>{targetName(span)}</bdi>
    </>
  );
}

function Sums({ trace, root, open, now }: { trace: Trace; root: TraceSpan | null; open: number; now: number }) {
  const workspaces = new Set(trace.spans.flatMap(({ source_id, target_id }) => [target_id, ...(source_id === null ? [] : [source_id])]));
  const from = Math.min(...trace.spans.map(({ started_at }) => started_at));
  const to = Math.max(...trace.spans.map(({ ended_at }) => ended_at ?? now));
  const failed = trace.spans.filter(({ ok }) => ok === false).length;
  return (
    <span className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
      {root !== null && <SpanMark span={root} />}
      <span>{counted(trace.spans.length, 'request')}</span>
      <span>{counted(workspaces.size, 'workspace')}</span>
      {open > 0 && <span>{open} open</span>}
      {failed > 0 && (
        <span data-tone="bad" className="text-tone">
          {failed} failed
        </span>
      )}
      <span>
        {open > 0 ? 'for' : 'took'} {tookText(to - from)}
      </span>
      <span className="text-faint">
        began <LocalTime at={from} />
      </span>
    </span>
  );
}
