'use client';

import { SHOWN_TONE } from '#components/status/shown-tone.ts';
import { StatusShape } from '#components/status/status-shape.tsx';
import { formatCount } from '#components/ui/format-count.ts';
import { SHOWN_STATE_LABEL, SHOWN_STATES, type ShownState } from '#lib/contract/workspace-status.ts';

/** How many are in each state; pressed ones filter. A state without anybody is left out, unless it is pressed. */
export function StatusChips({
  counts,
  chosen,
  onChange,
}: {
  counts: Record<ShownState, number>;
  chosen: readonly ShownState[];
  onChange: (next: ShownState[]) => void;
}) {
  const toggle = (state: ShownState) => onChange(chosen.includes(state) ? chosen.filter((other) => other !== state) : [...chosen, state]);
  return (
    <fieldset className="flex min-w-0 flex-1 items-center gap-2 max-sm:-ml-3 max-sm:snap-x max-sm:overflow-x-auto max-sm:scroll-px-3 max-sm:pl-3 sm:flex-wrap">
      <legend className="sr-only">Show only</legend>
      {SHOWN_STATES.filter((state) => counts[state] > 0 || chosen.includes(state)).map((state) => (
        <button
          key={state}
          type="button"
          data-tone={SHOWN_TONE[state]}
          aria-pressed={chosen.includes(state)}
          onClick={() => toggle(state)}
          className="flex h-8 flex-none snap-start items-center gap-1.5 rounded-full border border-line bg-panel px-3 text-sm text-soft transition-colors hover:border-line-strong aria-pressed:border-accent aria-pressed:bg-accent/10 aria-pressed:text-text coarse:h-11"
        >
          <StatusShape state={state} />
          <b className="font-semibold text-text">{formatCount(counts[state])}</b>
          {SHOWN_STATE_LABEL[state]}
        </button>
      ))}
      {chosen.length > 0 && (
        <button
          type="button"
          className="h-8 flex-none rounded-md px-2 text-sm text-soft hover:bg-text/7 hover:text-text coarse:h-11"
          onClick={() => onChange([])}
        >
          Show all
        </button>
      )}
    </fieldset>
  );
}
