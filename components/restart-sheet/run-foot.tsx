'use client';

import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { plainText } from '#components/ui/plain-text.ts';
import { useSinglePress } from '#components/ui/use-single-press.ts';
import { cancelRun, forceRun, keepRun, requestRestart, startAgain } from '#lib/client/restart-runs.ts';
import { restartSheet } from '#lib/client/restart-sheet.ts';
import type { RestartRunDetail, RunChoices } from '#lib/contract/restarts.ts';

type Act = keyof RunChoices | 'restart';

const ASK: Record<Act, (run: RestartRunDetail) => Promise<RestartRunDetail>> = {
  cancel: (run) => cancelRun(run.id),
  force: (run) => forceRun(run.id),
  start_again: (run) => startAgain(run.id),
  restart: (run) => requestRestart(run.workspace_id, { deadline_seconds: run.deadline_seconds }),
};
const ASKING: Record<Act, string> = {
  cancel: 'Cancelling…',
  force: 'Forcing…',
  start_again: 'Starting again…',
  restart: 'Going on to the restart…',
};

/** What may be done to a run now, each with its price. A press shows at once; a refusal takes it back and says why. */
export function RunFoot({ run, onClose }: { run: RestartRunDetail; onClose: () => void }) {
  const client = useQueryClient();
  const { pressed, press } = useSinglePress<Act>(`${run.id} ${run.kind} ${run.state} ${JSON.stringify(run.may)}`);
  const [refusal, setRefusal] = useState<string | null>(null);
  const act = async (what: Act) => {
    setRefusal(null);
    try {
      const answer = await ASK[what](run);
      keepRun(client, answer);
      restartSheet.follow(answer.id);
      return true;
    } catch (refused) {
      setRefusal(refused instanceof Error ? refused.message : 'That did not work. Try again.');
      return false;
    }
  };
  const choices: [Act, { label: string; cost: string }][] = [];
  if (run.may.cancel) choices.push(['cancel', run.may.cancel]);
  if (run.may.force) choices.push(['force', run.may.force]);
  if (run.may.start_again) choices.push(['start_again', run.may.start_again]);
  if (run.kind === 'drain' && run.provisioned && run.ended_at === null)
    choices.push(['restart', { label: 'Restart it too', cost: 'Goes on from here: saved, stopped, started, restored.' }]);
  return (
    <div className="grid gap-2.5">
      {refusal !== null && (
        <p role="alert" data-tone="bad" className="rounded-md bg-tint px-3 py-2 text-sm wrap-anywhere" dir="auto">
          {plainText(refusal)}
        </p>
      )}
      {choices.length > 0 && (
        <div className="grid gap-2 sm:auto-cols-fr sm:grid-flow-col">
          {choices.map(([what, { label, cost }]) => (
            <button
              key={what}
              type="button"
              disabled={pressed !== null}
              data-act={what}
              className={`grid min-h-11 content-start gap-0.5 rounded-md border px-3 py-2 text-left transition-colors disabled:opacity-60 ${what === 'start_again' || what === 'restart' ? 'border-accent/70 hover:bg-accent/8' : 'border-line-strong bg-raise hover:border-faint'}`}
              onClick={() => void press(what, () => act(what))}
            >
              <span className={`text-sm font-medium ${what === 'force' ? 'text-bad' : ''}`}>
                {pressed === what ? ASKING[what] : plainText(label)}
              </span>
              <span className="text-xs text-soft">{plainText(cost)}</span>
            </button>
          ))}
        </div>
      )}
      {run.ended_at !== null && choices.length === 0 && (
        <div className="flex justify-end gap-2">
          {run.state === 'cancelled' && (
            <Button look="quiet" onClick={() => restartSheet.follow(null)}>
              Ask again
            </Button>
          )}
          <Button look={run.state === 'done' ? 'primary' : 'plain'} onClick={onClose}>
            Close
          </Button>
        </div>
      )}
    </div>
  );
}
