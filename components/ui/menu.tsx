'use client';

import Link from 'next/link';
import { type KeyboardEvent, type ReactNode, useRef, useState } from 'react';
import { Popover } from './popover.tsx';

interface MenuProps {
  /** What the button is called for those who cannot see it. */
  label: string;
  button: ReactNode;
  buttonClassName?: string;
  /** Drawn only while the menu is open. `close` is for items that are done. */
  children: (close: () => void) => ReactNode;
}

/** Moves among the items with the arrow keys, Home and End; a letter goes to the next item that begins with it. */
function moveFocus(event: KeyboardEvent<HTMLElement>): void {
  const items = [...event.currentTarget.querySelectorAll<HTMLElement>('[role^="menuitem"]:not(:disabled)')];
  const at = items.indexOf(document.activeElement as HTMLElement);
  const steps: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 };
  let next = steps[event.key];
  if (next === undefined && event.key.length === 1 && !event.ctrlKey && !event.metaKey) {
    const begins = (item: HTMLElement) => item.textContent?.trim().toLowerCase().startsWith(event.key.toLowerCase()) === true;
    const found = [...items.slice(at + 1), ...items.slice(0, at + 1)].find(begins);
    next = found === undefined ? undefined : items.indexOf(found);
  }
  if (next === undefined) return;
  event.preventDefault();
  event.stopPropagation();
  items.at(next % items.length)?.focus();
}

export function Menu({ label, button, buttonClassName = '', children }: MenuProps) {
  const ref = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);
  return (
    <>
      <button
        ref={ref}
        type="button"
        aria-haspopup="menu"
        aria-expanded={open}
        aria-label={label}
        title={label}
        className={`relative inline-flex flex-none items-center justify-center rounded-md text-faint transition-colors hover:bg-text/7 hover:text-text coarse:after:absolute coarse:after:-inset-2.5 ${buttonClassName}`}
        onClick={() => setOpen(!open)}
      >
        {button}
      </button>
      {open && (
        <Popover anchor={ref} role="menu" label={label} className="p-1" onClose={() => setOpen(false)}>
          {/* biome-ignore lint/a11y/noStaticElementInteractions: the keys of the menu around it */}
          <div className="grid min-w-44" onKeyDown={moveFocus}>
            {children(() => setOpen(false))}
          </div>
        </Popover>
      )}
    </>
  );
}

const ITEM =
  'flex h-8 w-full items-center gap-2 rounded px-2 text-left text-sm outline-none hover:bg-text/7 focus:bg-text/7 disabled:opacity-50 coarse:h-11';

export function MenuItem({
  danger = false,
  disabled = false,
  onSelect,
  children,
}: {
  danger?: boolean;
  disabled?: boolean;
  onSelect: () => void;
  children: ReactNode;
}) {
  return (
    <button
      type="button"
      role="menuitem"
      tabIndex={-1}
      disabled={disabled}
      className={`${ITEM} ${danger ? 'text-bad' : ''}`}
      onClick={onSelect}
    >
      {children}
    </button>
  );
}

/** An item that leads to another page. */
export function MenuLink({ href, onSelect, children }: { href: string; onSelect: () => void; children: ReactNode }) {
  return (
    <Link role="menuitem" tabIndex={-1} prefetch={false} href={href} className={ITEM} onClick={onSelect}>
      {children}
    </Link>
  );
}

export function MenuChoice({ checked, onSelect, children }: { checked: boolean; onSelect: () => void; children: ReactNode }) {
  return (
    <button type="button" role="menuitemradio" aria-checked={checked} tabIndex={-1} className={ITEM} onClick={onSelect}>
      <span aria-hidden="true" className="w-3 text-accent">
        {checked ? '✓' : ''}
      </span>
      {children}
    </button>
  );
}

export function MenuHeading({ children }: { children: ReactNode }) {
  return (
    <div role="presentation" className="px-2 pt-2 pb-1 text-xs text-faint">
      {children}
    </div>
  );
}
