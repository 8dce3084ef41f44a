import type { RunStep } from '#lib/contract/restart-steps.ts';
import type { ShownState } from '#lib/contract/workspace-status.ts';
import type { RunOnCard } from '#lib/contract/workspaces.ts';

const SILENT: Partial<Record<ShownState, true>> = { offline: true, failed: true, paused: true, awaiting_agent: true, provisioning: true };
/** Between the end of the old process and the first beat of the new one. */
const NO_PROCESS: Partial<Record<RunStep, true>> = { stopped: true, started: true };

/** Whether the last known numbers say nothing about now. */
export function isSilent(state: ShownState, run: Pick<RunOnCard, 'state'> | null): boolean {
  return SILENT[state] === true || (run !== null && NO_PROCESS[run.state] === true);
}
