import type { ShownState } from '#lib/contract/workspace-status.ts';

const SILENT: Partial<Record<ShownState, true>> = { offline: true, failed: true, paused: true, awaiting_agent: true, provisioning: true };

/** States in which the last known numbers say nothing about now. */
export function isSilent(state: ShownState): boolean {
  return SILENT[state] === true;
}
