'use client';

import { Age } from '#components/ui/age.tsx';
import { plainText } from '#components/ui/plain-text.ts';
import type { RestartRun } from '#lib/contract/restarts.ts';

type Task = RestartRun['in_flight'][number];

/** Tasks by name, with their age; those that are not among `left` any more are shown as finished. Give no `left` where that is not known. */
export function TaskList({ tasks, left }: { tasks: readonly Task[]; left?: readonly Task[] }) {
  const open = left && new Set(left.map((task) => task.id));
  return (
    <ul className="rounded-md border border-line">
      {tasks.map((task) => {
        const over = open !== undefined && !open.has(task.id);
        const summary = plainText(task.summary ?? '').trim();
        return (
          <li key={task.id} className="flex items-baseline justify-between gap-4 border-t border-line px-3 py-1.5 text-sm first:border-t-0">
            <span className={`min-w-0 wrap-anywhere ${over ? 'text-faint' : ''}`} dir="auto">
              {summary === '' ? 'A task without a name' : summary}
            </span>
            <span className="flex-none text-xs text-faint">
              {over ? 'finished' : task.started_at !== undefined && <Started at={task.started_at} />}
            </span>
          </li>
        );
      })}
    </ul>
  );
}

function Started({ at }: { at: number }) {
  return (
    <>
      begun <Age at={at} /> ago
    </>
  );
}
