'use client';

import { useLayoutEffect } from 'react';

/** The browser takes the focus from an element that is moved: after a re-sort it is given back to the card that had it. */
export function useKeptFocus(needs: readonly string[], rest: readonly string[]): void {
  const focused = typeof document === 'undefined' ? null : document.activeElement?.closest<HTMLElement>('[data-card]');
  const id = focused?.dataset['card'];
  // biome-ignore lint/correctness/useExhaustiveDependencies: the two orders are what moves the cards
  useLayoutEffect(() => {
    if (id === undefined || document.activeElement !== document.body) return;
    document.querySelector<HTMLElement>(`[data-card="${CSS.escape(id)}"] h3 a`)?.focus({ preventScroll: true });
  }, [needs, rest]);
}
