'use client';

import { type RefObject, useEffect } from 'react';
import { pageHold } from '#lib/client/order-hold.ts';

/** A pointer that rests longer than this was left there: the person is not about to press. */
const RESTING_MS = 30_000;

/** Keeps the order still while a pointer moves over the element, or the keyboard is in it. */
export function usePointingHold(ref: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const element = ref.current;
    if (element === null) return;
    let release: (() => void) | null = null;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const letGo = () => {
      clearTimeout(timer);
      release?.();
      release = null;
    };
    const hold = () => {
      release ??= pageHold.take();
      clearTimeout(timer);
      timer = setTimeout(letGo, RESTING_MS);
    };
    const left = (event: FocusEvent) => {
      if (!(event.relatedTarget instanceof Node) || !element.contains(event.relatedTarget)) letGo();
    };
    element.addEventListener('pointermove', hold);
    element.addEventListener('pointerleave', letGo);
    element.addEventListener('focusin', hold);
    element.addEventListener('focusout', left);
    return () => {
      element.removeEventListener('pointermove', hold);
      element.removeEventListener('pointerleave', letGo);
      element.removeEventListener('focusin', hold);
      element.removeEventListener('focusout', left);
      letGo();
    };
  }, [ref]);
}
