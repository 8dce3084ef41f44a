/**
 * What a run is for. `restart`: drain, stop, start, restore. `pause`: its first half, ends at `stopped`. `resume`: its second
 * half, begins at `started`. `drain`: finish the work and take nothing new, then wait: for a new process that somebody else
 * starts, for a restart that is asked for, or for a cancel that opens it again.
 */
export const RUN_KINDS = ['restart', 'pause', 'resume', 'drain'] as const;
export type RunKind = (typeof RUN_KINDS)[number];

/** Who or what asked: a person or program through the API, or the platform on its own account. */
export const RUN_ORIGINS = ['request', 'bulk', 'crash', 'comeback', 'settings', 'address', 'message'] as const;
export type RunOrigin = (typeof RUN_ORIGINS)[number];

/**
 * How far a run is, in the order in which a restart takes them; `state` of a run is the newest. Each is stamped once, but
 * `started` (a second attempt stamps it again). The last three end a run.
 */
export const RUN_STEPS = [
  'requested',
  'signalled',
  'draining',
  'drained',
  'deadline_passed',
  'snapshot_saved',
  'stopped',
  'started',
  'online',
  'restored',
  'done',
  'cancelled',
  'failed',
] as const;
export type RunStep = (typeof RUN_STEPS)[number];
export const RUN_ENDS: readonly RunStep[] = ['done', 'cancelled', 'failed'];

/** The longest deadline of a run that has one. */
export const MAX_DEADLINE_SECONDS = 7 * 86_400;
/** Longest reason that somebody may give for a run, in characters. */
export const MAX_RUN_REASON = 500;
