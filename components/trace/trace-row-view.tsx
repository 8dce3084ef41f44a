'use client';

import { RedactedText } from '#components/snapshots/redacted-text.tsx';
import { formatCount } from '#components/ui/format-count.ts';
import { SpanBar } from './span-bar.tsx';
import { SpanMark } from './span-mark.tsx';
import { durationWords, sourceName, spanLabel, targetName } from './span-words.ts';
import type { TraceRow } from './trace-rows.ts';
import type { TimeWindow } from './trace-scale.ts';

const INDENT_PX = 14;
/** Deeper than this is not moved to the right any more: the names must stay readable. */
const DEEPEST = 10;

export const indentOf = (depth: number) => Math.min(depth, DEEPEST) * INDENT_PX;

interface TraceRowViewProps {
  row: TraceRow;
  id: string;
  selected: boolean;
  window: TimeWindow;
  now: number;
  top: number;
  height: number;
  onSelect: () => void;
  onFold: () => void;
}

/** One request: its place in the tree at the left, its time at the right. */
export function TraceRowView({ row, id, selected, window, now, top, height, onSelect, onFold }: TraceRowViewProps) {
  const { span, depth, below, folded } = row;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree around it has the keys
    <div
      id={id}
      role="treeitem"
      tabIndex={-1}
      aria-level={depth + 1}
      aria-selected={selected}
      {...(below > 0 ? { 'aria-expanded': !folded } : {})}
      onClick={onSelect}
      style={{ transform: `translateY(${top}px)`, height }}
      className="absolute inset-x-0 top-0 grid cursor-pointer grid-cols-[22rem_minmax(0,1fr)] border-t border-line/60 outline-none hover:bg-text/3 aria-selected:bg-accent/10"
    >
      <div className="flex min-w-0 items-center gap-1.5 border-r border-line pr-2 pl-2">
        <span aria-hidden="true" style={{ width: indentOf(depth) }} className="flex-none" />
        {below > 0 ? (
          <span
            aria-hidden="true"
            className="grid size-5 flex-none place-items-center rounded text-xs text-faint hover:bg-text/10 hover:text-text"
            onClick={(event) => {
              event.stopPropagation();
              onFold();
            }}
          >
            {folded ? '▸' : '▾'}
          </span>
        ) : (
          <span aria-hidden="true" className="size-5 flex-none" />
        )}
        <SpanMark span={span} word={false} />
        <span className="max-w-[65%] flex-none truncate text-sm font-medium">
          {depth === 0 && (
            <>
              <bdi>{sourceName(span)}</bdi>
              <span aria-hidden="true" className="px-1 font-normal text-faint">
                →
              </span>
            </>
          )}
          <span className="sr-only">{depth === 0 ? 'asked' : `${sourceName(span)} asked`}</span>
          <bdi>{targetName(span)}</bdi>
          <span className="sr-only">
            ({spanLabel(span).toLowerCase()}, {durationWords(span, now)})
          </span>
        </span>
        {folded && <span className="flex-none rounded bg-text/7 px-1 text-xs text-soft">+{formatCount(below)}</span>}
        <span className="min-w-0 truncate text-xs text-faint" dir="auto">
          <RedactedText text={span.summary} />
        </span>
      </div>
      <SpanBar span={span} window={window} now={now} />
    </div>
  );
}
