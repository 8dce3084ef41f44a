import type { SpanPart, TraceSpan } from '#lib/contract/traces.ts';
import { spanTone } from './span-words.ts';
import { stretchIn, type TimeWindow } from './trace-scale.ts';

/** Each kind has its own height and filling, so that it is told apart without colour. */
const PART: Record<SpanPart['kind'], { y: string; height: string; className: string }> = {
  waiting: { y: '46%', height: '8%', className: 'fill-faint' },
  held: { y: '25%', height: '50%', className: 'fill-[url(#trace-held)] stroke-warn' },
  working: { y: '25%', height: '50%', className: 'fill-tone' },
};

/** The filling of what was held back. Drawn once, used by every bar. */
export function HeldPattern() {
  return (
    <svg aria-hidden="true" className="absolute size-0">
      <pattern id="trace-held" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <rect width="2.5" height="6" className="fill-warn" />
      </pattern>
    </svg>
  );
}

/** One span as a bar in the window. A part that is too short to be seen keeps a line. */
export function SpanBar({ span, window, now }: { span: TraceSpan; window: TimeWindow; now: number }) {
  const parts = span.parts.length > 0 ? span.parts : [{ kind: 'working' as const, from: span.started_at, to: span.ended_at, run_id: null }];
  return (
    <svg data-tone={spanTone(span)} aria-hidden="true" className="block size-full">
      {parts.map((part) => {
        const stretch = stretchIn(window, part.from, part.to ?? now);
        if (stretch === null) return null;
        const [left, width] = stretch;
        const { className, ...place } = PART[part.kind];
        return (
          <g key={`${part.kind}-${part.from}`}>
            <rect x={`${left}%`} width={`${width}%`} rx={part.kind === 'waiting' ? 0 : 2} className={className} {...place} />
            {width < 0.5 && part.kind !== 'waiting' && (
              <line
                x1={`${left}%`}
                x2={`${left}%`}
                y1="25%"
                y2="75%"
                strokeWidth="2"
                className={part.kind === 'held' ? 'stroke-warn' : 'stroke-tone'}
              />
            )}
          </g>
        );
      })}
    </svg>
  );
}
