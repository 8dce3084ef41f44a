import type { Snapshot } from '#lib/contract/snapshot.ts';

/**
 * What starts and stops workspaces. The promises below are written as a suite that any implementation can be held to
 * (`provisioner.contract.ts`); the suite is the definition, this page its summary.
 *
 * - *Graceful and forceful are different verbs*: `stop` asks and waits, `kill` does not ask.
 * - Starting what runs answers with what runs: there is never a second process for one workspace.
 * - What this provisioner started is found again after the platform died (`recover`); what it did not start is never
 *   touched, even when it wears the same pid.
 * - Every end that it sees is told exactly once, with its exit code or signal and the last output.
 * - A process that ends unasked is started again after a back-off, up to a cap; then it says `gave_up`.
 */
export interface StartSpec {
  workspace_id: string;
  /** For logs and process lists; not trusted for paths. */
  name: string;
  /** The runtime's own configuration, written to its folder. */
  config: Record<string, unknown>;
  /** Fresh token for this start; kept in a file of mode 0600, never on a command line or in the environment. */
  auth_token: string;
  inbound_secret: string;
  /** Where the runtime reaches the platform. */
  platform_url: string;
  /** Laid where the runtime restores from, in place of what lies there; absent: what it saved itself is restored. */
  snapshot?: Snapshot | null;
}

export interface Instance {
  workspace_id: string;
  state: 'running' | 'ended' | 'failed' | 'stopped';
  pid: number | null;
  /** Address of its agent, when it is known. */
  url: string | null;
  /** Epoch milliseconds. */
  started_at: number | null;
  seen_alive_at: number | null;
  exit_code: number | null;
  exit_signal: string | null;
  /** Unasked restarts inside the current window. */
  restarts_in_window: number;
}

export type ProvisionerEvent =
  | { type: 'started'; workspace_id: string; pid: number | null; attempt: number; at: number }
  | {
      type: 'ended';
      workspace_id: string;
      code: number | null;
      signal: string | null;
      output: string;
      expected: boolean;
      restarting: boolean;
      at: number;
    }
  | { type: 'gave_up'; workspace_id: string; restarts: number; window_seconds: number; output: string; at: number };

export interface Provisioner {
  readonly kind: string;
  /** Starts it, or answers with the one that runs. Rejects with a sentence for a person when it cannot be started. */
  start(spec: StartSpec): Promise<Instance>;
  /** Asks it to end, waits up to `deadline_ms`, then kills. Resolves when it has ended; at once when nothing runs. */
  stop(workspaceId: string, options: { deadline_ms: number }): Promise<Instance>;
  /** Ends it without asking. */
  kill(workspaceId: string): Promise<Instance>;
  inspect(workspaceId: string): Promise<Instance | null>;
  /**
   * Finds again what runs of `workspaceIds`; ends what it started and is not among them. Call once, at start. A stop that
   * the former platform did not live to see is carried out before the answer.
   */
  recover(workspaceIds: readonly string[]): Promise<Instance[]>;
  /** The newest lines of its output, oldest first. */
  log(workspaceId: string, lines: number): Promise<string[]>;
  /** Ends it and removes all it kept. */
  remove(workspaceId: string): Promise<void>;
  /** Hands over a listener; answers how to take it away again. */
  subscribe(listener: (event: ProvisionerEvent) => void): () => void;
  /** `stop`: ends every process gracefully, then forcefully. `leave`: lets them run, to be found by `recover`. */
  close(how: 'stop' | 'leave'): Promise<void>;
}
