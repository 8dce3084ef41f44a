'use client';

import type { ReactNode } from 'react';
import { plainText } from '#components/ui/plain-text.ts';
import type { InboxFilter } from '#lib/client/inbox.ts';
import type { InboxItem } from '#lib/contract/inbox.ts';
import type { IncidentKind } from '#lib/contract/incidents.ts';
import { KIND_LABEL, KINDS } from './inbox-words.ts';

interface InboxFiltersProps {
  filter: InboxFilter;
  /** What is listed: its workspaces can be chosen. */
  items: readonly InboxItem[];
  go: (change: Partial<InboxFilter>) => void;
}

/** Narrows the list to one workspace, one kind, or both. */
export function InboxFilters({ filter, items, go }: InboxFiltersProps) {
  const names = new Map(
    items.flatMap(({ workspace_id: id, workspace_name: name }) => (id === null ? [] : [[id, plainText(name)] as const])),
  );
  if (filter.workspace !== null && !names.has(filter.workspace)) names.set(filter.workspace, 'The chosen one');
  const workspaces = [...names].sort(([, a], [, b]) => a.localeCompare(b));
  return (
    <div className="flex min-w-0 gap-2 max-sm:w-full sm:ml-auto">
      <Select label="Workspace" value={filter.workspace ?? ''} onChange={(value) => go({ workspace: value === '' ? null : value })}>
        <option value="">Every workspace</option>
        {workspaces.map(([id, name]) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </Select>
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
