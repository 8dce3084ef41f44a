import type { WorkspaceEvidence } from '#lib/contract/workspaces.ts';

const WORD = { running: 'runs', ended: 'ended', failed: 'failed', stopped: 'stopped' } as const;

/** "runs, pid 4242", "ended with code 137, restarted 3 times". */
export function processText(process: NonNullable<WorkspaceEvidence['process']>): string {
  const parts: string[] = [WORD[process.state]];
  if (process.state !== 'running' && process.exit_signal !== null) parts[0] += ` by ${process.exit_signal}`;
  else if (process.state !== 'running' && process.exit_code !== null) parts[0] += ` with code ${process.exit_code}`;
  if (process.state === 'running' && process.pid !== null) parts.push(`pid ${process.pid}`);
  if (process.restarts_in_window > 0)
    parts.push(`restarted ${process.restarts_in_window} ${process.restarts_in_window === 1 ? 'time' : 'times'} lately`);
  return parts.join(', ');
}
