'use client';

import { type RefObject, useLayoutEffect } from 'react';

/** Takes over what was written into a field while the page was only painted: before the next render, which would wipe it. */
export function useWrittenEarly(
  field: RefObject<HTMLInputElement | HTMLTextAreaElement | null>,
  shown: string,
  take: (written: string) => void,
): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what stood there before the first effect was written early
  useLayoutEffect(() => {
    const written = field.current?.value ?? shown;
    if (written !== shown) take(written);
  }, []);
}
