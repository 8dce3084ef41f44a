'use client';

import { Handle, type ReactFlowState, useStore } from '@xyflow/react';
import Link from 'next/link';
import { memo } from 'react';
import { useWorkspace } from '#components/fleet/use-workspace.ts';
import { SHOWN_TONE } from '#components/status/shown-tone.ts';
import { StatusShape } from '#components/status/status-shape.tsx';
import { plainText } from '#components/ui/plain-text.ts';
import { SHOWN_STATE_LABEL, type ShownState } from '#lib/contract/workspace-status.ts';
import { shownState } from '#lib/domain/shown-state.ts';
import { ENDS } from './map-ends.ts';

/** From so far away no line of text can be read: then only who it is, and how. */
const FAR = 0.45;
const isFar = ({ transform }: ReactFlowState) => transform[2] < FAR;

/** One workspace on the map. It hears of its own workspace alone; the map itself does not render when a beat comes. */
export const MapNode = memo(function MapNode({ id }: { id: string }) {
  const entry = useWorkspace(id);
  const far = useStore(isFar);
  if (!entry) return null;
  const { card } = entry;
  const state = shownState(card);
  const task = plainText(card.current_task);
  if (far) return <FarNode id={id} name={plainText(card.name)} state={state} />;
  return (
    <div
      data-map-node={id}
      data-tone={SHOWN_TONE[state]}
      className="grid h-16 w-52 content-center gap-0.5 rounded-lg border border-line bg-panel px-3 has-[a:focus-visible]:outline-2 has-[a:focus-visible]:outline-offset-2 has-[a:focus-visible]:outline-accent"
    >
      <Ends />
      <div className="flex min-w-0 items-center gap-2">
        <Link
          href={`/w/${encodeURIComponent(id)}`}
          prefetch={false}
          draggable={false}
          dir="auto"
          className="min-w-0 flex-1 truncate text-sm font-semibold outline-none hover:underline"
        >
          {plainText(card.name)}
        </Link>
        <span className="flex flex-none items-center gap-1 text-xs font-medium text-tone">
          <StatusShape state={state} />
          {SHOWN_STATE_LABEL[state]}
        </span>
      </div>
      <p className="truncate text-xs text-soft" dir="auto">
        {task === '' ? <span className="text-faint">{plainText(card.role ?? '') || 'No task'}</span> : task}
      </p>
    </div>
  );
});

function FarNode({ id, name, state }: { id: string; name: string; state: ShownState }) {
  return (
    <div
      data-map-node={id}
      data-tone={SHOWN_TONE[state]}
      className="flex h-16 w-52 items-center gap-3 rounded-lg border-2 border-tone bg-tint px-3 has-[a:focus-visible]:outline-4 has-[a:focus-visible]:outline-accent"
    >
      <Ends />
      <span className="flex-none scale-200">
        <StatusShape state={state} />
      </span>
      <Link
        href={`/w/${encodeURIComponent(id)}`}
        prefetch={false}
        draggable={false}
        dir="auto"
        aria-label={`${name}, ${SHOWN_STATE_LABEL[state]}`}
        className="min-w-0 flex-1 truncate text-2xl font-semibold outline-none"
      >
        {name}
      </Link>
    </div>
  );
}

function Ends() {
  return ENDS.map(({ id, type, position }) => (
    <Handle key={id} id={id} type={type} position={position} isConnectable={false} className="invisible" />
  ));
}
