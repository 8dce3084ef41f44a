'use client';

import { useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { Button } from '#components/ui/button.tsx';
import { useSinglePress } from '#components/ui/use-single-press.ts';
import { cancelRun, forceRun, runKeys, startAgain } from '#lib/client/restart-runs.ts';
import { tell } from '#lib/client/workspace-actions.ts';
import type { RestartRunDetail } from '#lib/contract/restarts.ts';

const DO = { cancel: cancelRun, force: forceRun, start_again: startAgain } as const;
const LOOK = { cancel: 'plain', force: 'danger', start_again: 'primary' } as const;
type Choice = keyof typeof DO;

/** What may be done to a run now, with the price of it below each button. */
export function RunActions({ run }: { run: RestartRunDetail }) {
  const client = useQueryClient();
  const router = useRouter();
  const { pressed, press } = useSinglePress<Choice>(`${run.id} ${run.state} ${JSON.stringify(run.may)}`);
  const choices = (['start_again', 'cancel', 'force'] as const).flatMap((choice) => {
    const may = run.may[choice];
    return may === undefined ? [] : [{ choice, ...may }];
  });
  if (choices.length === 0) return null;
  const act = async (choice: Choice) => {
    const changed = await tell(DO[choice](run.id), null);
    if (changed === undefined) return false;
    client.setQueryData(runKeys.run(changed.id), changed);
    if (changed.id !== run.id) router.push(`/restarts/${encodeURIComponent(changed.id)}`);
    return true;
  };
  return (
    <ul aria-label="What can be done" className="flex flex-wrap gap-x-6 gap-y-3">
      {choices.map(({ choice, label, cost }) => (
        <li key={choice} className="grid max-w-sm content-start justify-items-start gap-1">
          <Button
            look={LOOK[choice]}
            disabled={pressed !== null}
            aria-describedby={`cost-${choice}`}
            onClick={() => void press(choice, () => act(choice))}
          >
            {label}
          </Button>
          <p id={`cost-${choice}`} className="text-xs text-faint">
            {cost}
          </p>
        </li>
      ))}
    </ul>
  );
}
