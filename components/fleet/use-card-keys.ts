'use client';

import { type RefObject, useEffect, useRef } from 'react';
import { isTyping } from '#components/shell/is-typing.ts';

/**
 * `j` and `k` move from card to card, in the order they are shown. A card that was focused and left the window by scrolling
 * is gone from the page; the next step then begins at the first card in sight.
 */
export function useCardKeys(ref: RefObject<HTMLElement | null>): void {
  const lastId = useRef<string | null>(null);
  useEffect(() => {
    const focused = (event: FocusEvent) => {
      const card = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-card]') : null;
      if (card) lastId.current = card.dataset['card'] ?? null;
    };
    const pressed = (event: KeyboardEvent) => {
      const step = event.key === 'j' ? 1 : event.key === 'k' ? -1 : 0;
      if (step === 0 || isTyping(event) || ref.current === null) return;
      const cards = [...ref.current.querySelectorAll<HTMLElement>('[data-card]')];
      const at = cards.findIndex((card) => card.dataset['card'] === lastId.current);
      const inSight = cards.findIndex((card) => card.getBoundingClientRect().bottom > 60);
      const next = cards[at < 0 ? inSight : Math.min(cards.length - 1, Math.max(0, at + step))];
      if (!next) return;
      event.preventDefault();
      next.querySelector('a')?.focus({ preventScroll: true });
      next.scrollIntoView({ block: 'nearest' });
    };
    const root = ref.current;
    root?.addEventListener('focusin', focused);
    addEventListener('keydown', pressed);
    return () => {
      root?.removeEventListener('focusin', focused);
      removeEventListener('keydown', pressed);
    };
  }, [ref]);
}
