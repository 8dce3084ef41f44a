import type { WorkspaceStatus } from '#lib/contract/workspace-status.ts';

/** What decides whether a bulk restart takes a workspace; null: it is not there (any more). */
export interface BulkSubject {
  provisioned: boolean;
  status: WorkspaceStatus;
  /** Whether a restart run of it is under way. */
  under_way: boolean;
  active_tasks: number;
}

/** Why a bulk restart leaves it out, in a sentence; empty: it is restarted. Asked for the preview, and again when its turn comes. */
export function whySkipped(subject: BulkSubject | null, busy: 'wait' | 'skip'): string {
  if (subject === null || subject.status === 'removed') return 'It is not there any more.';
  if (!subject.provisioned) return 'Canvas did not start it, so it can only be drained.';
  if (subject.status === 'paused') return 'It is paused; resume it to start it.';
  if (subject.under_way) return 'A restart, pause or drain of it is under way already.';
  if (busy === 'skip' && subject.active_tasks > 0) {
    return `It is busy: ${subject.active_tasks} ${subject.active_tasks === 1 ? 'task' : 'tasks'} in flight.`;
  }
  return '';
}
