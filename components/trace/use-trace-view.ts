'use client';

import { useCallback, useMemo, useState } from 'react';
import type { Trace } from '#lib/contract/traces.ts';
import { traceTree, visibleRows } from './trace-rows.ts';
import { moved, type TimeWindow, wholeWindow, zoomed } from './trace-scale.ts';

/** What of a trace is looked at: which rows are folded, which time is shown. */
export function useTraceView(trace: Trace, now: number) {
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const [zoom, setZoom] = useState<TimeWindow | null>(null);
  const tree = useMemo(() => traceTree(trace.spans), [trace]);
  const rows = useMemo(() => visibleRows(tree, folded), [tree, folded]);
  const roots = useMemo(() => tree.filter(({ depth }) => depth === 0).map(({ span }) => span), [tree]);
  const whole = wholeWindow(trace.spans, now);
  const window = zoom ?? whole;
  const fold = useCallback(
    (id: string) =>
      setFolded((before) => {
        const next = new Set(before);
        if (!next.delete(id)) next.add(id);
        return next;
      }),
    [],
  );
  return {
    rows,
    roots,
    whole,
    window,
    fold,
    allFolded: folded.size > 0,
    foldAll: (shut: boolean) => setFolded(new Set(shut ? tree.filter(({ below }) => below > 0).map(({ span }) => span.span_id) : [])),
    zoomed: zoom !== null,
    zoomBy: (factor: number, around: number | null) => setZoom(zoomed(window, whole, factor, around ?? (window.from + window.to) / 2)),
    moveBy: (share: number) => {
      if (zoom !== null) setZoom(moved(window, whole, share));
    },
    showWhole: () => setZoom(null),
  };
}
