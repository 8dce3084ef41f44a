import type { Tone } from '#components/status/shown-tone.ts';
import type { ActivityRow, ActivityType } from '#lib/contract/activity.ts';
import type { ShownState } from '#lib/contract/workspace-status.ts';

/** The kinds in the order they are offered. The contract's own list comes with its schemas, which have no place in a browser. */
export const ACTIVITY_LABEL: Record<ActivityType, string> = {
  a2a_send: 'Sent',
  a2a_receive: 'Received',
  task_update: 'Task',
  agent_log: 'Log',
  memory_write: 'Memory',
  skill_promotion: 'Skill',
  error: 'Error',
};

export function isActivityType(value: string | null): value is ActivityType {
  return value !== null && Object.hasOwn(ACTIVITY_LABEL, value);
}

export interface Outcome {
  tone: Tone;
  /** Null: a tick. */
  shape: ShownState | null;
  words: string;
}

/** How it ended, as far as the row says; what a runtime calls it otherwise is shown as it is. */
export function outcomeOf({
  status,
  activity_type,
  error_detail,
}: Pick<ActivityRow, 'status' | 'activity_type' | 'error_detail'>): Outcome {
  if (status === 'delivering') return { tone: 'drain', shape: 'draining', words: 'goes on' };
  if (status === 'error' || activity_type === 'error' || (status !== 'ok' && error_detail !== null))
    return { tone: 'bad', shape: 'failed', words: status === 'ok' || status === 'error' ? 'failed' : status };
  return { tone: 'ok', shape: null, words: status };
}
