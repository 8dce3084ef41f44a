import type { Edge } from '@xyflow/react';
import { formatCount } from '#components/ui/format-count.ts';
import type { DelegationEdge } from '#lib/contract/delegations.ts';
import type { LineEnd } from './map-ends.ts';
import type { MapMember } from './map-layout.ts';

const THICKEST = 5;

/**
 * Who reports to whom, as quiet lines; who delegated to whom, as lines that count. `heightOf` tells how far down a node is:
 * a line leaves towards its end, and between two of the same height it goes below them, where no third one is crossed.
 */
export function linesOf(members: readonly MapMember[], delegations: readonly DelegationEdge[], heightOf: (id: string) => number): Edge[] {
  const shown = new Set(members.map(({ id }) => id));
  const reports = members.flatMap(({ id, parent }): Edge[] =>
    parent === null
      ? []
      : [
          {
            id: `r ${parent} ${id}`,
            source: parent,
            target: id,
            sourceHandle: 'from-below',
            targetHandle: 'to-above',
            type: 'smoothstep',
            className: 'map-reports',
            focusable: false,
          },
        ],
  );
  const asked = delegations
    .filter(({ source_id, target_id }) => shown.has(source_id) && shown.has(target_id))
    .map((edge): Edge => {
      const { source_id, target_id, count, open, failed } = edge;
      return {
        id: `d ${source_id} ${target_id}`,
        source: source_id,
        target: target_id,
        ...wayOf(heightOf(source_id), heightOf(target_id)),
        className: `map-asked${failed > 0 ? ' map-failed' : ''}${open > 0 ? ' map-open' : ''}`,
        style: { strokeWidth: Math.min(THICKEST, 1.5 + Math.log2(count)) },
        label: saysOf(edge),
        ariaLabel: saysOf(edge),
        focusable: false,
      };
    });
  return [...reports, ...asked];
}

/** Between two of the same height: down, across and up. */
const BELOW = { type: 'smoothstep', pathOptions: { offset: 24 } } as const;

function wayOf(from: number, to: number): Partial<Edge> & { sourceHandle: LineEnd; targetHandle: LineEnd } {
  return {
    sourceHandle: to < from ? 'from-above' : 'from-below',
    targetHandle: to > from ? 'to-above' : 'to-below',
    ...(to === from ? BELOW : {}),
  };
}

/** `12 asked, 2 open, 1 failed`: what is zero is left out. */
export function saysOf({ count, open, failed }: Pick<DelegationEdge, 'count' | 'open' | 'failed'>): string {
  return [`${formatCount(count)} asked`, open > 0 ? `${formatCount(open)} open` : '', failed > 0 ? `${formatCount(failed)} failed` : '']
    .filter((part) => part !== '')
    .join(', ');
}
