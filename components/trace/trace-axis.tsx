import { placeIn, type TimeWindow, ticksOf } from './trace-scale.ts';

const MOST_TICKS = 7;
/** A label nearer to the end than this would be cut. */
const LAST_LABEL = 95;

/** Above the bars: how long after the beginning each mark is. */
export function TraceAxis({ window, zero }: { window: TimeWindow; zero: number }) {
  return (
    <div
      aria-hidden="true"
      className="grid h-8 grid-cols-[22rem_minmax(0,1fr)] overflow-hidden border-b border-line text-xs text-faint [scrollbar-gutter:stable]"
    >
      <span className="border-r border-line px-3 leading-8">Who was asked</span>
      <div className="relative">
        {ticksOf(window, zero, MOST_TICKS).map(
          ({ at, place, label }) =>
            place <= LAST_LABEL && (
              <span key={at} className="absolute top-0 border-l border-line pl-1 leading-8 whitespace-nowrap" style={{ left: `${place}%` }}>
                {label}
              </span>
            ),
        )}
      </div>
    </div>
  );
}

/** Behind the bars: the same marks, and where now is while something goes on. */
export function TraceGrid({ window, zero, now }: { window: TimeWindow; zero: number; now: number | null }) {
  const place = now === null ? null : placeIn(window, now) * 100;
  return (
    <svg aria-hidden="true" className="pointer-events-none absolute inset-y-0 right-0 h-full w-[calc(100%-22rem)]">
      {ticksOf(window, zero, MOST_TICKS).map(({ at, place: x }) => (
        <line key={at} x1={`${x}%`} x2={`${x}%`} y1="0" y2="100%" className="stroke-line" />
      ))}
      {place !== null && place >= 0 && place <= 100 && (
        <line data-now x1={`${place}%`} x2={`${place}%`} y1="0" y2="100%" strokeDasharray="3 3" className="stroke-accent" />
      )}
    </svg>
  );
}
