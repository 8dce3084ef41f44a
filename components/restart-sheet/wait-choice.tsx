'use client';

import { useClock } from '#components/ui/use-clock.ts';
import type { DEADLINES_OFFERED } from '#lib/contract/restarts.ts';

/** The contract's own list comes with its schemas, which have no place in a browser. */
const OFFERED: typeof DEADLINES_OFFERED = [60, 900, 3600, null];
export type Deadline = (typeof OFFERED)[number];

const label = (seconds: Deadline) => (seconds === null ? 'no limit' : `${seconds / 60} min`);
let hourAndMinute: Intl.DateTimeFormat | undefined;

function clockTime(at: number): string {
  hourAndMinute ??= new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  return hourAndMinute.format(at);
}

interface WaitChoiceProps {
  seconds: Deadline;
  /** Tasks that there are to wait for. */
  active: number;
  /** When messages that were cut off come again: "after the restart". */
  after: string;
  onChange: (seconds: Deadline) => void;
}

/** How long running work may take, and what happens then, with the time of day. */
export function WaitChoice({ seconds, active, after, onChange }: WaitChoiceProps) {
  const at = useClock((now) => (seconds === null ? '' : clockTime(now + seconds * 1000)));
  return (
    <fieldset className="grid gap-2">
      <legend className="mb-2 text-sm font-semibold">Wait for running work</legend>
      <div className="flex overflow-hidden rounded-md border border-line text-sm">
        {OFFERED.map((offered) => (
          <label
            key={label(offered)}
            className="flex h-9 flex-1 cursor-pointer items-center justify-center rounded-md text-soft has-checked:bg-raise has-checked:font-medium has-checked:text-text has-checked:inset-ring-2 has-checked:inset-ring-accent has-focus-visible:outline-2 has-focus-visible:outline-accent coarse:h-11"
          >
            <input type="radio" name="deadline" className="sr-only" checked={offered === seconds} onChange={() => onChange(offered)} />
            {label(offered)}
          </label>
        ))}
      </div>
      <p className="text-sm text-soft">
        Nothing new is delivered from now on; messages wait here. {active === 0 && 'Nothing seems to be running, so this is over soon. '}
        {seconds === null
          ? 'It waits for as long as running work takes; you can force or cancel it at any time.'
          : `If work is still running at ${at}, it is cancelled, listed in the snapshot, and its messages are delivered again ${after}.`}
      </p>
    </fieldset>
  );
}
