import type { WorkspaceStatus } from '#lib/contract/workspace-status.ts';
import type { DeliveryMode } from '#lib/contract/workspaces.ts';

export interface GateFacts {
  status: WorkspaceStatus;
  /** It says itself that it is stuck. */
  wedged: boolean;
  /** A restart run has it. */
  inRun: boolean;
  hasUrl: boolean;
  delivery_mode: DeliveryMode;
}

const CLOSED: Record<Exclude<WorkspaceStatus, 'online' | 'degraded'>, string> = {
  provisioning: 'It is starting',
  awaiting_agent: 'No agent is connected',
  offline: 'It is offline',
  failed: 'It did not start',
  paused: 'It is paused',
  draining: 'It finishes its work and takes nothing new',
  restarting: 'It is being restarted',
  removed: 'It was removed',
};

/** Why messages to a workspace wait, in a sentence without its full stop; null: they are delivered. */
export function whyHeld({ status, wedged, inRun, hasUrl, delivery_mode }: GateFacts): string | null {
  if (status !== 'online' && status !== 'degraded') return CLOSED[status];
  if (inRun) return 'It is being restarted';
  if (wedged) return 'Its agent says that it is stuck';
  if (delivery_mode === 'poll') return 'It fetches its messages itself';
  if (!hasUrl) return 'It has registered no address';
  return null;
}
