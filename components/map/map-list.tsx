'use client';

import Link from 'next/link';
import { useWorkspace } from '#components/fleet/use-workspace.ts';
import { SHOWN_TONE } from '#components/status/shown-tone.ts';
import { StatusShape } from '#components/status/status-shape.tsx';
import { plainText } from '#components/ui/plain-text.ts';
import type { DelegationEdge } from '#lib/contract/delegations.ts';
import { SHOWN_STATE_LABEL } from '#lib/contract/workspace-status.ts';
import { shownState } from '#lib/domain/shown-state.ts';
import type { MapMember } from './map-layout.ts';
import { saysOf } from './map-lines.ts';

/** The map in words: who is under whom, and what each asked of others in the last hour. */
export function MapList({ members, delegations }: { members: readonly MapMember[]; delegations: readonly DelegationEdge[] }) {
  const children = new Map<string | null, string[]>();
  for (const { id, parent } of members) children.set(parent, [...(children.get(parent) ?? []), id]);
  const asked = new Map<string, DelegationEdge[]>();
  for (const edge of delegations) asked.set(edge.source_id, [...(asked.get(edge.source_id) ?? []), edge]);
  return <Branch ids={children.get(null) ?? []} kin={children} asked={asked} />;
}

interface BranchParts {
  ids: readonly string[];
  kin: ReadonlyMap<string | null, string[]>;
  asked: ReadonlyMap<string, DelegationEdge[]>;
}

function Branch({ ids, kin, asked }: BranchParts) {
  return (
    <ul className="grid gap-0.5 pl-4 first:pl-0">
      {ids.map((id) => (
        <li key={id} className="grid gap-0.5">
          <Member id={id} />
          {(asked.get(id) ?? []).map((edge) => (
            <Asked key={edge.target_id} edge={edge} />
          ))}
          {kin.has(id) && <Branch ids={kin.get(id) ?? []} kin={kin} asked={asked} />}
        </li>
      ))}
    </ul>
  );
}

function Member({ id }: { id: string }) {
  const entry = useWorkspace(id);
  if (!entry) return null;
  const state = shownState(entry.card);
  return (
    <p data-tone={SHOWN_TONE[state]} className="flex min-w-0 items-center gap-2 text-sm">
      <StatusShape state={state} />
      <Link
        href={`/w/${encodeURIComponent(id)}`}
        prefetch={false}
        dir="auto"
        className="truncate py-1 font-medium hover:underline coarse:py-3"
      >
        {plainText(entry.card.name)}
      </Link>
      <span className="flex-none text-xs text-tone">{SHOWN_STATE_LABEL[state]}</span>
    </p>
  );
}

function Asked({ edge }: { edge: DelegationEdge }) {
  const target = useWorkspace(edge.target_id);
  return (
    <p className="truncate pl-6 text-xs text-soft">
      → {target ? plainText(target.card.name) : 'a workspace that is not shown'}: {saysOf(edge)}
    </p>
  );
}
