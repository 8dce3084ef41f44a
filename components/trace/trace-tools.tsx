'use client';

import { Button } from '#components/ui/button.tsx';

interface TraceToolsProps {
  /** Whether the time line is shown, which can be zoomed. */
  line: boolean;
  zoomed: boolean;
  anyFolded: boolean;
  onView: (list: boolean) => void;
  onFoldAll: (shut: boolean) => void;
  onZoom: (factor: number) => void;
  onMove: (share: number) => void;
  onWhole: () => void;
}

/** What can be done with the picture, each also with a key. */
export function TraceTools({ line, zoomed, anyFolded, onView, onFoldAll, onZoom, onMove, onWhole }: TraceToolsProps) {
  return (
    <div role="toolbar" aria-label="The picture" className="flex flex-wrap items-center gap-1.5 max-sm:hidden coarse:gap-3">
      <Button small aria-pressed={!line} onClick={() => onView(line)}>
        {line ? 'As a list' : 'As a time line'}
      </Button>
      <Button small onClick={() => onFoldAll(!anyFolded)}>
        {anyFolded ? 'Unfold all' : 'Fold all'}
      </Button>
      {line && (
        <>
          <span aria-hidden="true" className="mx-1 h-4 border-l border-line-strong" />
          <Button small aria-label="Nearer" title="Nearer (+)" onClick={() => onZoom(0.5)}>
            +
          </Button>
          <Button small aria-label="Farther" title="Farther (−)" disabled={!zoomed} onClick={() => onZoom(2)}>
            −
          </Button>
          <Button small aria-label="Earlier" title="Earlier (Shift ←)" disabled={!zoomed} onClick={() => onMove(-0.5)}>
            ←
          </Button>
          <Button small aria-label="Later" title="Later (Shift →)" disabled={!zoomed} onClick={() => onMove(0.5)}>
            →
          </Button>
          <Button small title="All of it (0)" disabled={!zoomed} onClick={onWhole}>
            Fit
          </Button>
        </>
      )}
    </div>
  );
}

/** What the parts of a bar mean. */
export function TraceLegend() {
  return (
    <ul aria-label="What the bars mean" className="flex flex-wrap gap-x-4 gap-y-1 text-xs text-faint max-sm:hidden">
      <li className="flex items-center gap-1.5">
        <span aria-hidden="true" className="block h-0.5 w-5 bg-faint" />
        waits for its turn
      </li>
      <li className="flex items-center gap-1.5">
        <svg aria-hidden="true" className="h-2.5 w-5">
          <rect width="100%" height="100%" rx="2" className="fill-[url(#trace-held)] stroke-warn" />
        </svg>
        held back
      </li>
      <li data-tone="drain" className="flex items-center gap-1.5">
        <span aria-hidden="true" className="block h-2.5 w-5 rounded-xs bg-tone" />
        at work
      </li>
      <li data-tone="ok" className="flex items-center gap-1.5">
        <span aria-hidden="true" className="block h-2.5 w-5 rounded-xs bg-tone" />
        answered
      </li>
      <li data-tone="bad" className="flex items-center gap-1.5">
        <span aria-hidden="true" className="block h-2.5 w-5 rounded-xs bg-tone" />
        failed
      </li>
    </ul>
  );
}
