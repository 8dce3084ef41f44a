'use client';

import type { ReactNode } from 'react';
import { WorkspaceFilter } from '#components/delegations/workspace-filter.tsx';
import { useWorkspaceName } from '#components/fleet/use-workspace.ts';
import type { InboxFilter } from '#lib/client/inbox.ts';
import type { InboxItem } from '#lib/contract/inbox.ts';
import type { IncidentKind } from '#lib/contract/incidents.ts';
import { KIND_LABEL, KINDS } from './inbox-words.ts';

interface InboxFiltersProps {
  filter: InboxFilter;
  /** What is listed: it may know the name of the chosen workspace. */
  items: readonly InboxItem[];
  go: (change: Partial<InboxFilter>) => void;
}

/** Narrows the list to one workspace, one kind, or both. */
export function InboxFilters({ filter, items, go }: InboxFiltersProps) {
  const known = useWorkspaceName(filter.workspace);
  const listed = items.find(({ workspace_id }) => workspace_id === filter.workspace)?.workspace_name;
  return (
    <div className="flex min-w-0 gap-2 max-sm:w-full sm:ml-auto">
      <WorkspaceFilter
        chosen={filter.workspace ?? ''}
        known={known ?? listed ?? null}
        onChange={(id) => go({ workspace: id === '' ? null : id })}
      />
      <Select label="Kind" value={filter.kind ?? ''} onChange={(value) => go({ kind: value === '' ? null : (value as IncidentKind) })}>
        <option value="">Every kind</option>
        {KINDS.map((kind) => (
          <option key={kind} value={kind}>
            {KIND_LABEL[kind]}
          </option>
        ))}
      </Select>
    </div>
  );
}

function Select({
  label,
  value,
  onChange,
  children,
}: {
  label: string;
  value: string;
  onChange: (value: string) => void;
  children: ReactNode;
}) {
  return (
    <select
      aria-label={label}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      className="h-8 min-w-0 max-sm:flex-1 sm:max-w-44 rounded-md border border-line bg-panel px-2 text-sm text-soft hover:border-line-strong coarse:h-11 coarse:text-base"
    >
      {children}
    </select>
  );
}
