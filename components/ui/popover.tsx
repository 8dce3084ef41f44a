'use client';

import { type ReactNode, type RefObject, useEffect, useLayoutEffect, useRef } from 'react';
import { pageHold } from '#lib/client/order-hold.ts';

interface PopoverProps {
  anchor: RefObject<HTMLElement | null>;
  onClose: () => void;
  label: string;
  role?: 'dialog' | 'menu';
  className?: string;
  children: ReactNode;
}

const GAP = 4;
const EDGE = 8;

/** Below its anchor, or above when there is no room; never over the window's edge. Scrolls with the page. */
function place(popover: HTMLElement, anchor: HTMLElement): void {
  const at = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = popover;
  const below = at.bottom + GAP + height <= innerHeight - EDGE || at.top - GAP - height < EDGE;
  const left = Math.max(EDGE, Math.min(at.right - width, innerWidth - EDGE - width));
  popover.style.top = `${scrollY + (below ? at.bottom + GAP : at.top - GAP - height)}px`;
  popover.style.left = `${scrollX + left}px`;
}

/**
 * Something small over the page, tied to the button that opened it. The browser's own popover: it is on top of everything,
 * closes by Escape or a press outside, and gives the focus back. While it is open the fleet does not move.
 */
export function Popover({ anchor, onClose, label, role = 'dialog', className = '', children }: PopoverProps) {
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => pageHold.take(), []);
  useLayoutEffect(() => {
    const popover = ref.current;
    const from = anchor.current;
    if (popover === null || from === null) return;
    popover.showPopover();
    place(popover, from);
    (popover.querySelector<HTMLElement>('[role^="menuitem"]') ?? popover).focus({ preventScroll: true });
    const resized = new ResizeObserver(() => place(popover, from));
    resized.observe(popover);
    return () => {
      resized.disconnect();
      if (popover.contains(document.activeElement)) from.focus({ preventScroll: true });
    };
  }, [anchor]);
  return (
    // biome-ignore lint/a11y/useAriaPropsSupportedByRole: the role is one of two, and both take a label
    <div
      ref={ref}
      popover="auto"
      role={role}
      aria-label={label}
      tabIndex={-1}
      onToggle={(event) => {
        if (event.newState === 'closed') onClose();
      }}
      className={`absolute z-50 max-w-[calc(100vw-1rem)] rounded-lg border border-line-strong bg-raise text-text shadow-lg shadow-black/20 outline-none ${className}`}
    >
      {children}
    </div>
  );
}
