'use client';

import '@xyflow/react/dist/base.css';
import './map.css';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import {
  Background,
  Controls,
  type FitViewOptions,
  type Node,
  type NodeTypes,
  type OnNodeDrag,
  ReactFlow,
  type ReactFlowInstance,
  useNodesState,
} from '@xyflow/react';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useRefetchOn } from '#components/shell/use-refetch-on.ts';
import { Button } from '#components/ui/button.tsx';
import { callApi } from '#lib/client/api.ts';
import { readCards } from '#lib/client/fleet-cache.ts';
import type { DelegationEdges } from '#lib/contract/delegations.ts';
import { ENDS } from './map-ends.ts';
import { type MapMember, type MapPlaces, NODE_HEIGHT, NODE_WIDTH } from './map-layout.ts';
import { linesOf } from './map-lines.ts';
import { MapList } from './map-list.tsx';
import { membersOf, sameMembers } from './map-members.ts';
import { MapNode } from './map-node.tsx';
import { useMapLayout } from './use-map-layout.ts';
import { useMapPlaces } from './use-map-places.ts';

const EDGES_KEY = ['delegation-edges'] as const;
const CHANGES = ['delegation.changed'] as const;
const NODE_TYPES: NodeTypes = { workspace: MapNode };
const SIZE = { width: NODE_WIDTH, height: NODE_HEIGHT };
const FIT: FitViewOptions = { maxZoom: 1 };
const NO_EDGES: DelegationEdges['items'] = [];
/** The hour moves on although nothing happens. */
const AGAIN_MS = 60_000;

/** Who reports to whom, and who asked whom in the last hour: of those that match the search and the chosen states. */
export function MapScreen({ needs, rest, complete }: { needs: readonly string[]; rest: readonly string[]; complete: boolean }) {
  const client = useQueryClient();
  const last = useRef<readonly MapMember[]>([]);
  const members = useMemo(() => {
    const next = membersOf(readCards(client), new Set([...needs, ...rest]));
    if (!sameMembers(last.current, next)) last.current = next;
    return last.current;
  }, [client, needs, rest]);
  const edges = useQuery<DelegationEdges>({
    queryKey: EDGES_KEY,
    queryFn: ({ signal }) => callApi('GET /delegation-edges', { query: { since_secs: 3600 }, signal }),
    refetchInterval: AGAIN_MS,
  });
  useRefetchOn(EDGES_KEY, CHANGES);
  const mine = useMapPlaces();
  const { places, current, failure } = useMapLayout(members);
  // Begun with all of them: what is in sight at first is what is there.
  const [begun, setBegun] = useState(false);
  if (!begun && places !== null && current && complete && !mine.isPending) setBegun(true);
  const delegations = edges.data?.items ?? NO_EDGES;
  const problem = failure ?? mine.failure ?? (edges.error ? `Delegations are not shown: ${edges.error.message}` : null);
  return (
    <section aria-labelledby="map" className="grid gap-3">
      <h2 id="map" className="sr-only">
        Map
      </h2>
      <div className="flex min-h-7 flex-wrap items-center gap-x-4 gap-y-1 text-xs text-soft">
        <p>
          <span aria-hidden="true" className="mr-1.5 inline-block w-5 border-t-2 border-line-strong align-middle" />
          reports to
        </p>
        <p>
          <span aria-hidden="true" className="mr-1.5 inline-block w-5 border-t-2 border-accent align-middle" />
          asked in the last hour
        </p>
        {problem !== null && (
          <p role="alert" className="text-bad">
            {problem}
          </p>
        )}
        {Object.keys(mine.kept).length > 0 && (
          <span className="ml-auto">
            <Button small onClick={() => void mine.reset()}>
              Arrange anew
            </Button>
          </span>
        )}
      </div>
      <div
        className="h-[max(24rem,calc(100dvh-15rem))] overflow-hidden rounded-lg border border-line bg-sunken"
        data-map={begun ? 'laid-out' : 'waiting'}
      >
        {begun && places !== null ? (
          <Drawing members={members} places={places} kept={mine.kept} delegations={delegations} onMove={mine.move} />
        ) : (
          failure === null && <p className="p-4 text-sm text-faint">Laying out {members.length} workspaces …</p>
        )}
      </div>
      <details className="rounded-lg border border-line bg-panel px-3.5 py-2.5">
        <summary className="cursor-pointer text-sm font-medium coarse:py-2.5">The map as a list</summary>
        <div className="pt-2">
          <MapList members={members} delegations={delegations} />
        </div>
      </details>
    </section>
  );
}

interface DrawingParts {
  members: readonly MapMember[];
  places: MapPlaces;
  kept: Record<string, [number, number]>;
  delegations: DelegationEdges['items'];
  onMove: (moved: Record<string, [number, number]>) => Promise<void>;
}

function Drawing({ members, places, kept, delegations, onMove }: DrawingParts) {
  const wanted = useMemo(() => members.flatMap(({ id }) => nodeOf(id, kept[id] ?? places[id])), [members, places, kept]);
  const [nodes, setNodes, onNodesChange] = useNodesState<Node>(wanted);
  useEffect(() => setNodes(wanted), [wanted, setNodes]);
  const lines = useMemo(
    () => linesOf(members, delegations, (id) => (kept[id] ?? places[id])?.[1] ?? 0),
    [members, delegations, kept, places],
  );
  const flow = useRef<ReactFlowInstance | null>(null);
  const [looked, setLooked] = useState(false);
  useEffect(() => {
    // Until a person looked somewhere by themselves, all of it is in sight.
    if (wanted.length === 0 || looked) return;
    const frame = requestAnimationFrame(() => void flow.current?.fitView(FIT));
    return () => cancelAnimationFrame(frame);
  }, [wanted, looked]);
  const keep = useCallback<OnNodeDrag>(
    (_event, _node, moved) =>
      void onMove(Object.fromEntries(moved.map(({ id, position }) => [id, [Math.round(position.x), Math.round(position.y)]]))),
    [onMove],
  );
  return (
    <ReactFlow
      nodes={nodes}
      edges={lines}
      nodeTypes={NODE_TYPES}
      onNodesChange={onNodesChange}
      onNodeDragStop={keep}
      nodesConnectable={false}
      nodesFocusable={false}
      edgesFocusable={false}
      deleteKeyCode={null}
      onlyRenderVisibleElements
      fitView
      fitViewOptions={FIT}
      onInit={(instance) => {
        flow.current = instance;
      }}
      onMoveStart={(event) => {
        if (event !== null) setLooked(true);
      }}
      onNodeDragStart={() => setLooked(true)}
      minZoom={0.05}
      maxZoom={1.5}
      proOptions={{ hideAttribution: false }}
      aria-label="Map of the workspaces"
    >
      <Background gap={24} />
      <Controls showInteractive={false} fitViewOptions={FIT} />
    </ReactFlow>
  );
}

/** Sizes and handles are told, so that nothing has to be measured before it is drawn. */
function nodeOf(id: string, place: readonly [number, number] | undefined): Node[] {
  if (!place) return [];
  return [
    {
      id,
      type: 'workspace',
      position: { x: place[0], y: place[1] },
      data: {},
      ...SIZE,
      // Those out of sight are never drawn, and count all the same for what is in sight of all.
      measured: SIZE,
      handles: ENDS,
    },
  ];
}
