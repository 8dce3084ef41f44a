'use client';

import type { WorkspaceSort } from '#lib/contract/workspaces.ts';
import { SORT_LABEL } from './fleet-params.ts';

export function FleetSort({ sort, onChange }: { sort: WorkspaceSort; onChange: (sort: WorkspaceSort) => void }) {
  return (
    <label className="flex flex-none items-center gap-2 text-sm text-soft">
      <span className="max-sm:sr-only">Sort</span>
      <select
        value={sort}
        onChange={(event) => onChange(event.target.value as WorkspaceSort)}
        className="h-8 rounded-md border border-line bg-panel px-2 text-sm text-text hover:border-line-strong coarse:h-11"
      >
        {Object.entries(SORT_LABEL).map(([value, label]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
    </label>
  );
}
