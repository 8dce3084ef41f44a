'use client';

import { useLayoutEffect } from 'react';

/** The card that had the focus when the fleet was last left in this document. */
let left: string | undefined;

/** Who opens a workspace from its card and comes back has the keyboard on that card again, if it is among those drawn first. */
export function useReturnedFocus(): void {
  useLayoutEffect(() => {
    if (left !== undefined && document.activeElement === document.body)
      document.querySelector<HTMLElement>(`[data-card="${CSS.escape(left)}"] h3 a`)?.focus({ preventScroll: true });
    left = undefined;
    return () => {
      left = document.activeElement?.closest<HTMLElement>('[data-card]')?.dataset['card'];
    };
  }, []);
}
