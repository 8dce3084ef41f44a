import type { ProvisionerEvent } from '#lib/ports/provisioner.ts';

/** What all workspaces of one provisioner are supervised by. */
export interface SupervisorPolicy {
  command: readonly string[];
  environment: Record<string, string>;
  backoff: { baseMs: number; maxMs: number };
  cap: { restarts: number; windowMs: number };
  /** How long an asked start waits for the runtime to say that it listens before it answers without an address. */
  readyMs: number;
  emit(event: ProvisionerEvent): void;
  log(entry: ProcessLogEntry): void;
}

export interface ProcessLogEntry {
  level: 'info' | 'warn' | 'error';
  message: string;
  workspace_id?: string;
  pid?: number | null;
}

/** The pause before the next restart, given how many there were: doubles each time, ± 20 % so that a fleet that fell together does not rise together. */
export function backoffMs(backoff: SupervisorPolicy['backoff'], restarts: number): number {
  return Math.min(backoff.maxMs, backoff.baseMs * 2 ** restarts) * (0.8 + 0.4 * Math.random());
}
