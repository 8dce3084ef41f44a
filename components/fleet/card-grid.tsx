'use client';

import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { memo, useRef } from 'react';
import { useGridMetrics } from './use-grid-metrics.ts';
import { WorkspaceCardView } from './workspace-card.tsx';

/** What the server paints, before anybody knows how many cards fit. */
const UNMEASURED_CARDS = 48;
const OVERSCAN_ROWS = 3;

/**
 * A grid of cards of one height. Only rows near the window exist; the others are padding of the same size. The cards stay
 * direct children of one CSS grid, so that what the server painted is what the browser goes on with.
 */
export const CardGrid = memo(function CardGrid({ ids, tall }: { ids: readonly string[]; tall: boolean }) {
  const ref = useRef<HTMLDivElement>(null);
  const metrics = useGridMetrics(ref, tall);
  const columns = metrics?.columns ?? 1;
  const pitch = metrics?.pitch ?? 1;
  const rows = Math.ceil(ids.length / columns);
  const virtualizer = useWindowVirtualizer({
    count: rows,
    estimateSize: () => pitch,
    getItemKey: (index) => `${pitch}:${index}`,
    overscan: OVERSCAN_ROWS,
    scrollMargin: metrics?.top ?? 0,
    enabled: metrics !== null,
  });
  const visible = virtualizer.getVirtualItems();
  // The first render after the measuring has no range yet: the cards that are there stay.
  const ranged = metrics !== null && visible.length > 0;
  const from = !ranged ? 0 : (visible[0]?.index ?? 0);
  const to = !ranged ? UNMEASURED_CARDS : ((visible.at(-1)?.index ?? -1) + 1) * columns;
  const below = !ranged ? 0 : rows - (visible.at(-1)?.index ?? -1) - 1;
  return (
    <div
      ref={ref}
      className={`card-grid ${tall ? 'card-grid-tall' : ''}`}
      {...(!ranged ? {} : { style: { paddingTop: from * pitch, paddingBottom: below * pitch } })}
    >
      {ids.slice(from * columns, to).map((id) => (
        <WorkspaceCardView key={id} id={id} />
      ))}
    </div>
  );
});
