'use client';

import { useLocalTime } from '#components/ui/local-time.tsx';
import { plainText } from '#components/ui/plain-text.ts';
import type { SnapshotRow } from '#lib/contract/snapshots.ts';

const TASK_CHARS = 40;

/** A snapshot on one line, for a list to choose from. */
export function SnapshotName({ row }: { row: SnapshotRow }) {
  const task = plainText(row.current_task);
  return (
    <>
      {useLocalTime(row.received_at)}
      {task !== '' && `: ${task.length > TASK_CHARS ? `${task.slice(0, TASK_CHARS)}…` : task}`}
    </>
  );
}
