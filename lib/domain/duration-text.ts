const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/**
 * A duration as a person reads it, in at most two units: "4 s", "6 min", "1 h 5 min", "19 h", "3 d 4 h". It is cut, never
 * rounded up, so that nothing looks older than it is. Negative ones (two clocks that disagree) read as "0 s".
 */
export function formatAge(ms: number): string {
  const age = Math.max(0, ms);
  if (age < MINUTE) return `${Math.floor(age / SECOND)} s`;
  if (age < HOUR) return `${Math.floor(age / MINUTE)} min`;
  if (age < 10 * HOUR) return twoUnits(age, HOUR, 'h', MINUTE, 'min');
  if (age < DAY) return `${Math.floor(age / HOUR)} h`;
  if (age < 100 * DAY) return twoUnits(age, DAY, 'd', HOUR, 'h');
  return `${whole.format(Math.floor(age / DAY))} d`;
}

function twoUnits(age: number, big: number, bigName: string, small: number, smallName: string): string {
  const rest = Math.floor((age % big) / small);
  return `${Math.floor(age / big)} ${bigName}${rest > 0 ? ` ${rest} ${smallName}` : ''}`;
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: SECOND, m: MINUTE, min: MINUTE, h: HOUR, d: DAY };

/** Reads "90s", "5m", "1.5h", "2d", "250ms"; a bare number is seconds. Null when it is none of these. Answers milliseconds. */
export function parseDuration(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)\s*(ms|s|min|m|h|d)?$/i.exec(text.trim());
  if (!match) return null;
  const unit = UNITS[(match[2] ?? 's').toLowerCase()];
  return unit === undefined ? null : Number(match[1]) * unit;
}
