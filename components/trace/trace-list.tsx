'use client';

import { RedactedText } from '#components/snapshots/redacted-text.tsx';
import { SpanMark } from './span-mark.tsx';
import { durationWords, sourceName, targetName } from './span-words.ts';
import { indentOf } from './trace-row-view.tsx';
import type { TraceRow } from './trace-rows.ts';

/** The same tree in words, each request with its durations: for those who do not see the bars, and for narrow screens. */
export function TraceList({
  rows,
  selected,
  now,
  onSelect,
}: {
  rows: readonly TraceRow[];
  selected: string | null;
  now: number;
  onSelect: (spanId: string) => void;
}) {
  return (
    <ol aria-label="The request as a list" className="overflow-hidden rounded-lg border border-line bg-panel">
      {rows.map(({ span, depth }) => (
        <li
          key={span.span_id}
          data-row={span.span_id}
          className="border-t border-line [contain-intrinsic-size:auto_4rem] [content-visibility:auto] first:border-t-0"
        >
          <button
            type="button"
            aria-pressed={span.span_id === selected}
            onClick={() => onSelect(span.span_id)}
            style={{ paddingLeft: 12 + indentOf(depth) }}
            className="grid min-h-11 w-full min-w-0 gap-0.5 py-2 pr-3 text-left hover:bg-text/3 aria-pressed:bg-accent/10"
          >
            <span className="flex min-w-0 flex-wrap items-baseline gap-x-2">
              <span className="min-w-0 text-sm font-medium wrap-anywhere">
                {depth > 0 && <span className="sr-only">Level {depth + 1}: </span>}
                <bdi>{sourceName(span)}</bdi>
                <span aria-hidden="true" className="px-1 font-normal text-faint">
                  →
                </span>
                <span className="sr-only"> asked </span>
                <bdi>{targetName(span)}</bdi>
              </span>
              <SpanMark span={span} />
            </span>
            <span className="clamp-2 text-sm wrap-anywhere text-soft" dir="auto">
              <RedactedText text={span.summary} />
            </span>
            <span className="text-xs text-faint">{durationWords(span, now)}</span>
          </button>
        </li>
      ))}
    </ol>
  );
}
