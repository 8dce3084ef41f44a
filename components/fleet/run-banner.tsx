'use client';

import { Button } from '#components/ui/button.tsx';
import { Countdown } from '#components/ui/countdown.tsx';
import { formatCount } from '#components/ui/format-count.ts';
import { LocalTime } from '#components/ui/local-time.tsx';
import { plainText } from '#components/ui/plain-text.ts';
import { useSinglePress } from '#components/ui/use-single-press.ts';
import { cancelRun } from '#lib/client/restart-runs.ts';
import { restartSheet } from '#lib/client/restart-sheet.ts';
import { tell } from '#lib/client/workspace-actions.ts';
import type { RunKind, RunOrigin, RunStep } from '#lib/contract/restart-steps.ts';
import type { RunOnCard, WorkspaceCard } from '#lib/contract/workspaces.ts';
import { stepShare } from './step-share.ts';

const SAYS: Record<RunStep, string> = {
  requested: 'Asked for; the drain is about to begin',
  signalled: 'Told to finish what it has',
  draining: 'It finishes what it has',
  drained: 'Drained; its snapshot is being saved',
  deadline_passed: 'No longer waited for; its snapshot is being saved',
  snapshot_saved: 'Saved; it is being stopped',
  stopped: 'Stopped; it is being started',
  started: 'Started; its first beat is waited for',
  online: 'It beats; what it restored is looked at',
  restored: 'Restored; what waited is delivered',
  done: 'Done',
  cancelled: 'Cancelled',
  failed: 'Failed',
};
const NOUN: Record<RunKind, string> = { restart: 'restart', pause: 'pause', resume: 'start', drain: 'drain' };
const CANCELLABLE: Partial<Record<RunStep, true>> = { requested: true, signalled: true, draining: true, drained: true };

const BEGAN: Record<RunOrigin, string> = {
  request: 'asked for at',
  bulk: 'asked for at',
  crash: 'begun at',
  comeback: 'begun at',
  settings: 'begun after a change of its settings at',
  address: 'begun at',
  message: 'begun by a message at',
};

/** Ready to be followed by a time. */
function beganText({ kind, origin = 'request' }: RunOnCard): string {
  return kind === 'restart' && origin === 'crash' ? 'its process ended at' : `${NOUN[kind]} ${BEGAN[origin]}`;
}

function stepText({ kind, origin, state, left }: RunOnCard): string {
  if (state === 'stopped' && origin === 'crash') return 'Waiting to be started again';
  if ((state === 'signalled' || state === 'draining') && left > 0) return `${formatCount(left)} ${left === 1 ? 'task' : 'tasks'} left`;
  if (state === 'snapshot_saved' && kind === 'drain') return 'Drained; it takes nothing new until it is restarted';
  return SAYS[state];
}

/** A run under way, on a card: what is left, the clock, and what can be done about it. The sheet has the rest. */
export function RunBanner({ card, run }: { card: WorkspaceCard; run: RunOnCard }) {
  const drains = run.state === 'requested' || run.state === 'signalled' || run.state === 'draining';
  const name = plainText(card.name);
  const { pressed, press } = useSinglePress(`${run.id} ${run.state}`);
  const cancel = async () =>
    (await tell(cancelRun(run.id), `The ${NOUN[run.kind]} of ${name} is cancelled: it takes messages again.`)) !== undefined;
  const open = () => restartSheet.open(card.id);
  return (
    <div data-banner="run" data-step={run.state} className="grid gap-1 rounded-md bg-tint py-2 pr-2 pl-2.5 compact:py-1.5">
      <p className="clamp-2 text-sm">
        {stepText(run)}
        {drains && run.deadline_at !== null && (
          <>
            {' '}
            · deadline in <Countdown at={run.deadline_at} />
          </>
        )}
        {drains && run.deadline_at === null && run.state === 'draining' && ' · no limit'}
      </p>
      <p className="truncate text-xs text-soft">
        {beganText(run)} <LocalTime at={run.requested_at} />
      </p>
      <div aria-hidden="true" className="my-0.5 h-0.5 overflow-hidden rounded-full bg-line">
        <div className="h-full bg-tone transition-[width]" style={{ width: `${Math.round(stepShare(run.kind, run.state) * 100)}%` }} />
      </div>
      <div className="relative z-10 flex gap-1 coarse:gap-6">
        <Button small look="tone" aria-haspopup="dialog" aria-label={`${drains ? 'Force…' : 'Show'} ${name}`} onClick={open}>
          {drains ? 'Force…' : 'Show'}
        </Button>
        {CANCELLABLE[run.state] && run.kind !== 'resume' && (
          <Button
            small
            look="quiet"
            aria-label={`Cancel the ${NOUN[run.kind]} of ${name}`}
            disabled={pressed !== null}
            onClick={() => void press('cancel', cancel)}
          >
            Cancel
          </Button>
        )}
      </div>
    </div>
  );
}
