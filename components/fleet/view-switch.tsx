'use client';

import type { FleetViewName } from './fleet-params.ts';

const VIEWS: [FleetViewName, string][] = [
  ['cards', 'Cards'],
  ['map', 'Map'],
];

export function ViewSwitch({ view, onChange }: { view: FleetViewName; onChange: (view: FleetViewName) => void }) {
  return (
    <div className="flex overflow-hidden rounded-md border border-line bg-panel">
      {VIEWS.map(([name, label]) => (
        <button
          key={name}
          type="button"
          aria-pressed={name === view}
          onClick={() => onChange(name)}
          className="h-8 px-2.5 text-sm text-soft hover:text-text aria-pressed:bg-text/10 aria-pressed:text-text coarse:h-11"
        >
          {label}
        </button>
      ))}
    </div>
  );
}
