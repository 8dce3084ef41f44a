/**
 * The words for how a workspace is. `status` is what the store keeps and a transition names; a `ShownState` is the one
 * word a person sees for it, which also tells a wedge, a refused token and lateness apart.
 */
export const WORKSPACE_STATUSES = [
  'provisioning',
  'online',
  'degraded',
  'offline',
  'failed',
  'paused',
  'awaiting_agent',
  'draining',
  'restarting',
  'removed',
] as const;
export type WorkspaceStatus = (typeof WORKSPACE_STATUSES)[number];

/** Why a workspace has its status. Null while nothing is out of order. */
export const STATUS_CAUSES = [
  /** The agent said itself that it is stuck. */
  'wedged',
  /** Too many of its requests failed. */
  'errors',
  /** Beats stopped. */
  'lapse',
  /** Our provisioner saw its process end. */
  'process_ended',
  /** It could not be started, or not often enough. */
  'start_failed',
  /** No first beat in time. */
  'no_first_beat',
  /** An operator stopped it. */
  'stopped',
  /** Created, and no agent has connected yet. */
  'not_connected',
  /** A restart run owns it. */
  'restart',
] as const;
export type StatusCause = (typeof STATUS_CAUSES)[number];

/** What a person sees, most urgent first: this order is the order of the fleet. */
export const SHOWN_STATES = [
  'wedged',
  'failed',
  'offline',
  'token_rejected',
  'degraded',
  'late',
  'draining',
  'restarting',
  'provisioning',
  'awaiting_agent',
  'paused',
  'online',
] as const;
export type ShownState = (typeof SHOWN_STATES)[number];

export const SHOWN_STATE_LABEL: Record<ShownState, string> = {
  wedged: 'Wedged',
  failed: 'Failed',
  offline: 'Offline',
  token_rejected: 'Token rejected',
  degraded: 'Degraded',
  late: 'Late',
  draining: 'Draining',
  restarting: 'Restarting',
  provisioning: 'Starting',
  awaiting_agent: 'Awaiting agent',
  paused: 'Paused',
  online: 'Online',
};

/** States that want a person now: the "Needs you" part of the fleet, in the order of `SHOWN_STATES`. */
export const NEEDS_PERSON: Record<ShownState, boolean> = {
  wedged: true,
  failed: true,
  offline: true,
  token_rejected: true,
  degraded: true,
  late: true,
  draining: true,
  restarting: true,
  provisioning: false,
  awaiting_agent: false,
  paused: false,
  online: false,
};

/**
 * One letter for a minute of history, the worst thing seen in it:
 * `.` nothing known, `o` fine, `e` some requests failed, `l` late, `d` degraded, `w` wedged, `x` offline or failed,
 * `r` draining or restarting, `p` paused.
 */
export const MINUTE_LETTERS = ['.', 'p', 'o', 'r', 'e', 'l', 'd', 'w', 'x'] as const;
export type MinuteLetter = (typeof MINUTE_LETTERS)[number];
