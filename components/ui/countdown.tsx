'use client';

import { clockText } from './clock-text.ts';
import { useClock } from './use-clock.ts';

/** What is left until `at`, ticking: "13:48". Zero once it is past. */
export function Countdown({ at }: { at: number }) {
  return <>{useClock((now) => clockText(at - now))}</>;
}

/** What has passed since `at`, ticking: "1:12". */
export function Elapsed({ at }: { at: number }) {
  return <>{useClock((now) => clockText(now - at))}</>;
}
