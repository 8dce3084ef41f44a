import type { WorkspaceCard } from '#lib/contract/workspaces.ts';

type Asked = Pick<WorkspaceCard, 'status' | 'provisioner' | 'cause'>;

/** Whether a drain or a restart makes sense: it runs, or it did and Canvas can start it. Paused ones are resumed instead. */
export function mayRestart({ status, provisioner, cause }: Asked): boolean {
  switch (status) {
    case 'paused':
    case 'removed':
      return false;
    case 'awaiting_agent':
      return cause === 'lapse';
    case 'offline':
    case 'failed':
    case 'provisioning':
      return provisioner === 'process';
    default:
      return true;
  }
}

export function mayResume({ status, provisioner }: Asked): boolean {
  return provisioner === 'process' && status === 'paused';
}

export function mayPause({ status, provisioner }: Asked): boolean {
  return provisioner === 'process' && status !== 'paused' && status !== 'removed' && status !== 'restarting' && status !== 'draining';
}

/** It lies still and nothing will start it by itself: one press does. */
export function mayStartAgain({ status, provisioner }: Asked): boolean {
  return provisioner === 'process' && (status === 'offline' || status === 'failed');
}
