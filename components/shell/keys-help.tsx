'use client';

import { useEffect, useSyncExternalStore } from 'react';
import { Dialog } from '#components/ui/dialog.tsx';
import { keysHelp } from '#lib/client/open-flag.ts';
import { isTyping } from './is-typing.ts';

const KEYS = [
  ['/', 'Search the fleet'],
  ['j', 'Next card'],
  ['k', 'Previous card'],
  ['Enter', 'Open the card'],
  ['r', 'Drain and restart the card, or the workspace of the page'],
  ['x', 'Select the card'],
  ['Esc', 'Close, or leave the search'],
  ['?', 'This list'],
] as const;

/** The keys of every page, and the list of all keys. */
export function KeysHelp() {
  const open = useSyncExternalStore(keysHelp.subscribe, keysHelp.isOpen, () => false);
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (isTyping(event)) return;
      if (event.key === '?') keysHelp.open();
      else if (event.key === '/') document.getElementById('fleet-search')?.focus();
      else return;
      event.preventDefault();
    };
    addEventListener('keydown', pressed);
    return () => removeEventListener('keydown', pressed);
  }, []);
  if (!open) return null;
  return (
    <Dialog title="Keyboard" onClose={keysHelp.close}>
      <dl className="grid grid-cols-[auto_1fr] items-center gap-x-4 gap-y-2">
        {KEYS.map(([key, does]) => (
          <div key={key} className="contents">
            <dt>
              <kbd className="inline-block min-w-7 rounded border border-line-strong px-1.5 text-center font-mono text-xs leading-5">
                {key}
              </kbd>
            </dt>
            <dd className="text-soft">{does}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
