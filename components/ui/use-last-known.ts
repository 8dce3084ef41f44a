import { useState } from 'react';

/** What is there, or else what was last: a list stays in sight when the next one cannot be had. */
export function useLastKnown<T>(now: T | undefined): T | undefined {
  const [last, setLast] = useState(now);
  if (now !== undefined && now !== last) setLast(now);
  return now ?? last;
}
