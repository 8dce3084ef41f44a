'use client';

import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useEffect, useId, useRef } from 'react';
import { useMedia } from '#components/ui/use-media.ts';
import { HeldPattern } from './span-bar.tsx';
import { TraceAxis, TraceGrid } from './trace-axis.tsx';
import { TraceRowView } from './trace-row-view.tsx';
import { parentIndex, type TraceRow } from './trace-rows.ts';
import type { TimeWindow } from './trace-scale.ts';

const ROW_PX = 32;
/** Where a finger points. */
const TOUCH_ROW_PX = 44;
/** What a page has room for before anybody measured it. */
const UNMEASURED_ROWS = 24;

interface TraceTimelineProps {
  rows: readonly TraceRow[];
  selected: string | null;
  window: TimeWindow;
  /** When the whole request began. */
  zero: number;
  now: number;
  /** Whether something of it goes on. */
  open: boolean;
  onSelect: (spanId: string) => void;
  onFold: (spanId: string) => void;
  onZoom: (factor: number, around: number | null) => void;
  onMove: (share: number) => void;
  onWhole: () => void;
}

/** The tree of a request with its time beside it. One stop for the Tab key; inside, the arrows go. Only rows in sight exist. */
export function TraceTimeline(props: TraceTimelineProps) {
  const { rows, selected, window, zero, now, open, onSelect, onFold } = props;
  const box = useRef<HTMLDivElement>(null);
  const id = useId();
  const height = useMedia('(pointer: coarse)') ? TOUCH_ROW_PX : ROW_PX;
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => height,
    overscan: 8,
    initialRect: { width: 0, height: UNMEASURED_ROWS * height },
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: another height is another place for every row
  useEffect(() => virtualizer.measure(), [height]);
  const at = rows.findIndex(({ span }) => span.span_id === selected);
  const go = (index: number) => {
    const row = rows[Math.max(0, Math.min(rows.length - 1, index))];
    if (row === undefined) return;
    onSelect(row.span.span_id);
    virtualizer.scrollToIndex(rows.indexOf(row));
  };
  const pressed = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (!act(event, { ...props, rows, at, go })) return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div className="overflow-hidden rounded-lg border border-line bg-panel">
      <HeldPattern />
      <TraceAxis window={window} zero={zero} />
      <div
        ref={box}
        role="tree"
        aria-label="The request as a tree"
        aria-activedescendant={at < 0 ? undefined : `${id}-${at}`}
        tabIndex={0}
        onKeyDown={pressed}
        className="relative max-h-[max(16rem,calc(100dvh-19rem))] overflow-y-auto outline-none [scrollbar-gutter:stable] focus-visible:outline-2 focus-visible:-outline-offset-2 focus-visible:outline-accent"
      >
        <div role="presentation" className="relative" style={{ height: rows.length * height }}>
          <TraceGrid window={window} zero={zero} now={open ? now : null} />
          {virtualizer.getVirtualItems().map(({ index, start }) => {
            const row = rows[index];
            if (row === undefined) return null;
            const { span_id } = row.span;
            return (
              <TraceRowView
                key={span_id}
                id={`${id}-${index}`}
                row={row}
                selected={span_id === selected}
                window={window}
                now={now}
                top={start}
                height={height}
                onSelect={() => onSelect(span_id)}
                onFold={() => onFold(span_id)}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
}

/** What a key does in the tree; false: nothing. */
function act(
  { key, shiftKey }: KeyboardEvent,
  { rows, at, go, onFold, onZoom, onMove, onWhole }: TraceTimelineProps & { at: number; go: (index: number) => void },
): boolean {
  const row = rows[at];
  const around = row === undefined ? null : row.span.started_at;
  if (key === 'ArrowDown' || key === 'j') go(at + 1);
  else if (key === 'ArrowUp' || key === 'k') go(at < 0 ? 0 : at - 1);
  else if (key === 'Home') go(0);
  else if (key === 'End') go(rows.length - 1);
  else if (key === '+' || key === '=') onZoom(0.5, around);
  else if (key === '-') onZoom(2, around);
  else if (key === '0') onWhole();
  else if (key === 'ArrowLeft' && shiftKey) onMove(-0.25);
  else if (key === 'ArrowRight' && shiftKey) onMove(0.25);
  else if (row === undefined) return false;
  else if (key === 'ArrowLeft') {
    if (row.below > 0 && !row.folded) onFold(row.span.span_id);
    else if (row.depth > 0) go(parentIndex(rows, at));
  } else if (key === 'ArrowRight') {
    if (row.folded) onFold(row.span.span_id);
    else if (row.below > 0) go(at + 1);
  } else return false;
  return true;
}
