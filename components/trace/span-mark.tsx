import { StatusShape } from '#components/status/status-shape.tsx';
import type { TraceSpan } from '#lib/contract/traces.ts';
import { spanLabel, spanShape, spanTone } from './span-words.ts';

/** Where a request is: colour, shape and, unless it is said elsewhere, the word. */
export function SpanMark({ span, word = true }: { span: TraceSpan; word?: boolean }) {
  const shape = spanShape(span);
  return (
    <span data-tone={spanTone(span)} className="inline-flex flex-none items-center gap-1.5 text-xs font-medium text-tone">
      {shape === null ? (
        <svg className="size-[11px] flex-none fill-none stroke-tone stroke-[1.8]" viewBox="0 0 12 12" aria-hidden="true">
          <path d="m1.2 6.6 3 3L10.8 2.6" />
        </svg>
      ) : (
        <StatusShape state={shape} />
      )}
      {word && spanLabel(span)}
    </span>
  );
}
