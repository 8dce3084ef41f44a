import { StatusShape } from '#components/status/status-shape.tsx';
import type { RunStep } from '#lib/contract/restart-steps.ts';
import { RUN_STATE_LABEL, RUN_TONE } from './run-words.ts';

const STOPPED_FOR: Partial<Record<RunStep, true>> = { snapshot_saved: true, stopped: true, started: true, online: true, restored: true };

/** Twelve units square; told apart without colour. */
export function RunShape({ state }: { state: RunStep }) {
  if (state === 'failed') return <StatusShape state="failed" />;
  if (state !== 'done' && state !== 'cancelled') return <StatusShape state={STOPPED_FOR[state] ? 'restarting' : 'draining'} />;
  return (
    <svg className="size-[11px] flex-none fill-none stroke-tone stroke-[1.8]" viewBox="0 0 12 12" aria-hidden="true">
      {state === 'done' ? <path d="m1.2 6.6 3 3L10.8 2.6" /> : <path d="M1 6h10" />}
    </svg>
  );
}

/** Where a run is, or how it ended: colour, shape and word. */
export function RunMark({ state }: { state: RunStep }) {
  return (
    <span data-tone={RUN_TONE[state]} className="inline-flex flex-none items-center gap-1.5 text-xs font-medium text-tone">
      <RunShape state={state} />
      {RUN_STATE_LABEL[state]}
    </span>
  );
}
