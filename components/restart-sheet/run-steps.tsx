'use client';

import type { Tone } from '#components/status/shown-tone.ts';
import { StatusShape } from '#components/status/status-shape.tsx';
import { Countdown, Elapsed } from '#components/ui/countdown.tsx';
import { LocalTime } from '#components/ui/local-time.tsx';
import { plainText } from '#components/ui/plain-text.ts';
import type { RestartRunDetail } from '#lib/contract/restarts.ts';
import type { ShownState } from '#lib/contract/workspace-status.ts';
import { type LineState, type RunLine, runLines, runShare } from './run-lines.ts';

const SAID: Record<LineState, string> = { done: 'done', warned: 'done', now: 'under way', todo: 'to come', failed: 'failed' };

/** Every step of a run: what is done with its time, what is under way with its clock, what is to come. */
export function RunSteps({ run, left }: { run: RestartRunDetail; left: number }) {
  const lines = runLines(run, left);
  const share = Math.round(runShare(run, left) * 100);
  const failed = run.state === 'failed';
  return (
    <div className="grid gap-3">
      <ol aria-label="Steps" className="grid text-sm">
        {lines.map((line) => (
          <li
            key={line.step}
            data-step={line.step}
            data-state={line.state}
            className="grid grid-cols-[1rem_minmax(0,1fr)_auto] items-baseline gap-x-2.5 py-1.5"
          >
            <StepMark state={line.state} />
            <span className={`wrap-anywhere ${line.state === 'now' ? 'font-medium' : line.state === 'todo' ? 'text-faint' : 'text-soft'}`}>
              {plainText(line.label)}
              <span className="sr-only">, {SAID[line.state]}</span>
            </span>
            <span className="text-right text-xs text-faint">
              <LineTime line={line} run={run} />
            </span>
            {line.state === 'warned' && line.note !== '' && (
              <span className="col-start-2 col-end-4 text-xs wrap-anywhere text-faint" dir="auto">
                {plainText(line.note)}
              </span>
            )}
          </li>
        ))}
      </ol>
      {run.ended_at === null && (
        <div
          role="progressbar"
          aria-label="How far it is"
          aria-valuenow={share}
          aria-valuemin={0}
          aria-valuemax={100}
          className="h-1 overflow-hidden rounded-full bg-line"
        >
          <div className="h-full rounded-full bg-drain transition-[width]" style={{ width: `${share}%` }} />
        </div>
      )}
      {failed && run.failure !== null && <Failure failure={run.failure} />}
    </div>
  );
}

const SHAPE: Partial<Record<LineState, [Tone, ShownState]>> = {
  done: ['ok', 'online'],
  warned: ['warn', 'degraded'],
  failed: ['bad', 'failed'],
};

/** Told apart without colour: a disc, a triangle and a cross for what is over, a turning arc for now, a ring for what is to come. */
function StepMark({ state }: { state: LineState }) {
  const [tone, shape] = SHAPE[state] ?? [];
  if (tone !== undefined && shape !== undefined) {
    return (
      <span data-tone={tone} className="translate-y-px">
        <StatusShape state={shape} />
      </span>
    );
  }
  const ring = state === 'now' ? 'border-drain border-r-transparent motion-safe:animate-spin' : 'border-line-strong';
  return <span aria-hidden="true" className={`size-[11px] translate-y-px rounded-full border-2 ${ring}`} />;
}

function LineTime({ line, run }: { line: RunLine; run: RestartRunDetail }) {
  if (line.at === null) return null;
  if (line.state !== 'now') {
    return (
      <>
        <LocalTime at={line.at} />
        {line.state === 'done' && line.note !== '' && line.step === 'signalled' ? ` · ${line.note}` : ''}
      </>
    );
  }
  return (
    <>
      <Elapsed at={line.at} />
      {line.step === 'drained' && run.deadline_at !== null && (
        <>
          {' '}
          · deadline in <Countdown at={run.deadline_at} />
        </>
      )}
      {line.step === 'drained' && run.deadline_at === null && run.deadline_seconds === null && ' · no limit'}
    </>
  );
}

function Failure({ failure }: { failure: NonNullable<RestartRunDetail['failure']> }) {
  return (
    <div data-tone="bad" className="grid gap-2 rounded-md bg-tint p-3 text-sm">
      <p className="font-medium wrap-anywhere" dir="auto">
        {plainText(failure.why)}
      </p>
      {failure.output !== '' && (
        <section
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard
          tabIndex={0}
          aria-label="Its last output"
          className="max-h-48 overflow-auto rounded bg-bg p-2.5 text-soft"
        >
          <pre className="font-mono text-xs whitespace-pre-wrap wrap-anywhere">{failure.output.split('\n').map(plainText).join('\n')}</pre>
        </section>
      )}
      <p className="text-soft">Messages for it are kept and wait. Nothing that was saved is lost.</p>
    </div>
  );
}
