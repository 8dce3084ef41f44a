'use client';

import { useEffect } from 'react';
import { isTyping } from '#components/shell/is-typing.ts';
import { Button } from '#components/ui/button.tsx';
import { fleetSelection } from '#lib/client/selection.ts';
import { useSelecting } from './use-selection.ts';

/** Turns selecting on and off. `x` selects the card that has the keyboard, Escape leaves. */
export function SelectButton() {
  const selecting = useSelecting();
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      const onBox = event.target instanceof HTMLInputElement && event.target.type === 'checkbox';
      if (isTyping(event) && !onBox) return;
      if (event.key === 'Escape' && fleetSelection.isOn()) return fleetSelection.turnOff();
      if (event.key !== 'x' || event.ctrlKey || event.metaKey || event.altKey) return;
      const id = document.activeElement?.closest<HTMLElement>('[data-card]')?.dataset['card'];
      if (id === undefined) return;
      event.preventDefault();
      fleetSelection.toggle(id);
    };
    addEventListener('keydown', pressed);
    return () => removeEventListener('keydown', pressed);
  }, []);
  return (
    <Button
      look={selecting ? 'plain' : 'quiet'}
      aria-pressed={selecting}
      aria-keyshortcuts="x"
      aria-label="Select"
      className="self-start max-sm:w-8 max-sm:px-0 coarse:max-sm:w-11"
      onClick={() => (selecting ? fleetSelection.turnOff() : fleetSelection.turnOn())}
    >
      <svg aria-hidden="true" viewBox="0 0 16 16" className="size-4 fill-none stroke-current stroke-[1.5] sm:hidden">
        <rect x="2.5" y="2.5" width="11" height="11" rx="2" />
        <path d="m5 8 2.2 2.2L11.2 6" />
      </svg>
      <span className="max-sm:hidden">Select</span>
    </Button>
  );
}
