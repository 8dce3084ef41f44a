'use client';

import { type RefObject, useLayoutEffect, useState } from 'react';

export interface GridMetrics {
  columns: number;
  /** Height of a row with the gap below it. */
  pitch: number;
  /** Where the first row begins in the document. */
  top: number;
}

/** Reads from the laid-out grid what the style sheet decided. Null on the server and until the first layout. */
export function useGridMetrics(ref: RefObject<HTMLElement | null>, tall: boolean): GridMetrics | null {
  const [metrics, setMetrics] = useState<GridMetrics | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `tall` is another row height
  useLayoutEffect(() => {
    const grid = ref.current;
    if (grid === null) return;
    const read = () => {
      const style = getComputedStyle(grid);
      const columns = style.gridTemplateColumns.split(' ').length;
      const pitch = Number.parseFloat(style.gridAutoRows) + Number.parseFloat(style.rowGap);
      const top = Math.round(grid.getBoundingClientRect().top + scrollY);
      if (!Number.isFinite(pitch)) return;
      setMetrics((last) =>
        last !== null && last.columns === columns && last.pitch === pitch && last.top === top ? last : { columns, pitch, top },
      );
    };
    read();
    // The body changes its height whenever something above moves this grid; the grid, when the window changes its width.
    const observer = new ResizeObserver(read);
    observer.observe(grid);
    observer.observe(document.body);
    return () => observer.disconnect();
  }, [ref, tall]);
  return metrics;
}
