'use client';

import { fleetSelection } from '#lib/client/selection.ts';
import { useSelected, useSelecting } from './use-selection.ts';

/** The box of a card while cards are selected. All of the card is its label, so that it can be hit by a thumb. */
export function SelectBox({ id, name }: { id: string; name: string }) {
  const selecting = useSelecting();
  const selected = useSelected(id);
  if (!selecting) return null;
  return (
    <label className="flex flex-none items-center">
      <input
        type="checkbox"
        aria-label={`Select ${name}`}
        checked={selected}
        onChange={() => fleetSelection.toggle(id)}
        className="peer size-4 accent-accent"
      />
      <span
        aria-hidden="true"
        className="absolute inset-0 z-5 cursor-pointer rounded-lg peer-checked:bg-accent/6 peer-checked:ring-2 peer-checked:ring-accent peer-focus-visible:outline-2 peer-focus-visible:outline-offset-2 peer-focus-visible:outline-accent"
      />
    </label>
  );
}
