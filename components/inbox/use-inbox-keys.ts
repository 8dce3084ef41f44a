'use client';

import { type RefObject, useEffect, useRef } from 'react';
import { isTyping } from '#components/shell/is-typing.ts';

/** What a key does with the incident that has the keyboard, or else is open. */
export type InboxKeys = Record<'e' | 'm' | 'a', (id: string) => void>;

const rowOf = (target: unknown) => (target instanceof Element ? target.closest<HTMLElement>('[data-incident]') : null);

function focusRow(list: HTMLElement | null, id: string): void {
  const row = [...(list?.querySelectorAll<HTMLElement>('[data-incident]') ?? [])].find(({ dataset }) => dataset['incident'] === id);
  row?.querySelector('a')?.focus({ preventScroll: true });
}

/** `j` and `k` move from incident to incident, `e`, `m` and `a` do something with one, Escape closes the one that is open, whose row has the keyboard then. */
export function useInboxKeys(ref: RefObject<HTMLElement | null>, open: string | null, keys: InboxKeys, onClose: () => void): void {
  const last = useRef<string | null>(null);
  const latest = useRef({ open, keys, onClose });
  useEffect(() => {
    latest.current = { open, keys, onClose };
  });
  const before = useRef(open);
  useEffect(() => {
    const closed = open === null ? before.current : null;
    before.current = open;
    if (closed !== null && document.activeElement === document.body) focusRow(ref.current, closed);
  }, [ref, open]);
  useEffect(() => {
    const step = (by: number) => {
      const rows = [...(ref.current?.querySelectorAll<HTMLElement>('[data-incident]') ?? [])];
      const from = rowOf(document.activeElement)?.dataset['incident'] ?? last.current ?? latest.current.open;
      const at = rows.findIndex((row) => row.dataset['incident'] === from);
      const next = rows[at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + by))];
      last.current = next?.dataset['incident'] ?? null;
      next?.querySelector('a')?.focus({ preventScroll: true });
      next?.scrollIntoView({ block: 'nearest' });
    };
    const pressed = (event: KeyboardEvent) => {
      if (isTyping(event)) return;
      const { open: opened, keys: does, onClose: close } = latest.current;
      const id = rowOf(document.activeElement)?.dataset['incident'] ?? opened;
      if (event.key === 'j' || event.key === 'k') step(event.key === 'j' ? 1 : -1);
      else if (event.key === 'Escape' && opened !== null) {
        // Before it closes: a row that was read leaves the unread ones as soon as neither it is open nor the keyboard is in the list.
        focusRow(ref.current, opened);
        last.current = opened;
        close();
      } else if ((event.key === 'e' || event.key === 'm' || event.key === 'a') && id !== null) does[event.key](id);
      else return;
      event.preventDefault();
    };
    addEventListener('keydown', pressed);
    return () => removeEventListener('keydown', pressed);
  }, [ref]);
}
