'use client';

import { type RefObject, useEffect, useRef } from 'react';
import { isTyping } from '#components/shell/is-typing.ts';

/** `j` and `k` move from row to row in the order shown; a row is what has `data-row` with its id. Enter is the row's own link. */
export function useRowKeys(ref: RefObject<HTMLElement | null>): void {
  const lastId = useRef<string | null>(null);
  useEffect(() => {
    const root = ref.current;
    const focused = (event: FocusEvent) => {
      const row = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-row]') : null;
      if (row) lastId.current = row.dataset['row'] ?? null;
    };
    const pressed = (event: KeyboardEvent) => {
      const step = event.key === 'j' ? 1 : event.key === 'k' ? -1 : 0;
      if (step === 0 || root === null || isTyping(event)) return;
      const rows = [...root.querySelectorAll<HTMLElement>('[data-row]')];
      const at = rows.findIndex((row) => row.dataset['row'] === lastId.current);
      const next = rows[at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + step))];
      if (!next) return;
      event.preventDefault();
      next.querySelector('a')?.focus({ preventScroll: true });
      next.scrollIntoView({ block: 'nearest' });
    };
    root?.addEventListener('focusin', focused);
    addEventListener('keydown', pressed);
    return () => {
      root?.removeEventListener('focusin', focused);
      removeEventListener('keydown', pressed);
    };
  }, [ref]);
}
