/** A stretch of time, epoch ms. */
export interface TimeWindow {
  from: number;
  to: number;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Steps that a person counts in. */
const STEPS = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((n) => n * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 3, 6, 12].map((n) => n * HOUR),
  ...[1, 2, 5, 10, 20, 50].map((n) => n * DAY),
];
const SHORTEST_MS = 10;

/** All of the time that the spans take, a little wider, so that no bar ends at the edge; an open one lasts until `now`. */
export function wholeWindow(spans: readonly { started_at: number; ended_at: number | null }[], now: number): TimeWindow {
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (const { started_at, ended_at } of spans) {
    from = Math.min(from, started_at);
    to = Math.max(to, ended_at ?? now, started_at);
  }
  if (!Number.isFinite(from)) return { from: now - SECOND, to: now };
  return { from, to: to + Math.max(SHORTEST_MS, (to - from) * 0.02) };
}

/** Where a moment is in the window: 0 at its beginning, 1 at its end; outside of it less or more. */
export function placeIn({ from, to }: TimeWindow, at: number): number {
  return (at - from) / (to - from);
}

/** A part of the window as `[left, width]` in percent, cut to it; null: it is outside. */
export function stretchIn(window: TimeWindow, from: number, to: number): [left: number, width: number] | null {
  const left = placeIn(window, from);
  const right = placeIn(window, to);
  if (right < 0 || left > 1) return null;
  const cut = Math.max(0, left);
  return [round(cut * 100), round(Math.max(0, Math.min(1, right) - cut) * 100)];
}

const round = (percent: number) => Math.round(percent * 1_000) / 1_000;

/** Marks at round distances from `zero`, at most `most` of them. */
export function ticksOf(window: TimeWindow, zero: number, most: number): { at: number; place: number; label: string }[] {
  const span = window.to - window.from;
  const step = STEPS.find((each) => span / each <= most) ?? Math.ceil(span / most / DAY) * DAY;
  const ticks: { at: number; place: number; label: string }[] = [];
  for (let n = Math.ceil((window.from - zero) / step); zero + n * step <= window.to; n++) {
    const at = zero + n * step;
    ticks.push({ at, place: round(placeIn(window, at) * 100), label: distanceText(n * step) });
  }
  return ticks;
}

/** A distance in time as an axis has it: "0", "250 ms", "1.5 s", "2 min 30 s", "3 h", "1 d 12 h". */
export function distanceText(ms: number): string {
  if (ms === 0) return '0';
  if (ms < 0) return `−${distanceText(-ms)}`;
  if (ms < SECOND) return `${Math.round(ms)} ms`;
  if (ms < MINUTE) return `${Number((ms / SECOND).toFixed(ms < 10 * SECOND ? 2 : 1))} s`;
  if (ms < HOUR) return two(ms, MINUTE, 'min', SECOND, 's');
  if (ms < DAY) return two(ms, HOUR, 'h', MINUTE, 'min');
  return two(ms, DAY, 'd', HOUR, 'h');
}

function two(ms: number, big: number, bigName: string, small: number, smallName: string): string {
  const rest = Math.floor((ms % big) / small);
  return `${Math.floor(ms / big)} ${bigName}${rest > 0 ? ` ${rest} ${smallName}` : ''}`;
}

/** Nearer (`factor` < 1) or farther around the moment `around`, within `whole`. The whole again is null. */
export function zoomed(window: TimeWindow, whole: TimeWindow, factor: number, around: number): TimeWindow | null {
  const length = Math.max(SHORTEST_MS, (window.to - window.from) * factor);
  if (length >= whole.to - whole.from) return null;
  const share = Math.min(1, Math.max(0, placeIn(window, around)));
  return within({ from: around - length * share, to: around + length * (1 - share) }, whole);
}

/** Later by a share of the window, or earlier when it is negative; within `whole`. */
export function moved(window: TimeWindow, whole: TimeWindow, share: number): TimeWindow {
  const by = (window.to - window.from) * share;
  return within({ from: window.from + by, to: window.to + by }, whole);
}

function within({ from, to }: TimeWindow, whole: TimeWindow): TimeWindow {
  const by = Math.max(0, whole.from - from) - Math.max(0, to - whole.to);
  return { from: from + by, to: to + by };
}
