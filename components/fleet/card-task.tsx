import type { ShownState } from '#lib/contract/workspace-status.ts';

/** Only an agent that is heard of can be idle. */
const WITHOUT_TASK: Partial<Record<ShownState, string>> = {
  awaiting_agent: 'No agent yet',
  provisioning: 'Waiting for its first beat',
  failed: 'Nothing runs',
  offline: 'No task known',
  paused: 'Stopped',
};

/** A task that is shorter than this fits its two lines on the narrowest card. */
const FITS_CHARS = 70;
const WHOLE_ON_FOCUS =
  'group-has-[h3>a:focus-visible]:absolute group-has-[h3>a:focus-visible]:inset-x-1 group-has-[h3>a:focus-visible]:bottom-1 group-has-[h3>a:focus-visible]:z-10 group-has-[h3>a:focus-visible]:block group-has-[h3>a:focus-visible]:max-h-[calc(100%-4rem)] group-has-[h3>a:focus-visible]:overflow-y-auto group-has-[h3>a:focus-visible]:rounded-md group-has-[h3>a:focus-visible]:bg-raise group-has-[h3>a:focus-visible]:p-2.5 group-has-[h3>a:focus-visible]:text-text';

/** Two lines of the current task. The whole of it lies over the card while the card has the keyboard, and is a hover away. */
export function CardTask({ task, state }: { task: string; state: ShownState }) {
  if (task === '') return <p className="min-h-5 text-faint">{WITHOUT_TASK[state] ?? 'Idle'}</p>;
  return (
    <p
      dir="auto"
      title={task}
      className={`clamp-2 flex-none wrap-anywhere text-soft compact:clamp-1 ${task.length > FITS_CHARS ? WHOLE_ON_FOCUS : ''}`}
    >
      {task}
    </p>
  );
}
