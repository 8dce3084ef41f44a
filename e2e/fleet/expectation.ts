import type { WorkspaceStatus } from '#lib/contract/workspace-status.ts';
import type { WorkspaceCard } from '#lib/contract/workspaces.ts';
import type { Accepted, SimulatedRuntime } from './simulated-runtime.ts';

/** How long before and after a deadline both answers are right: the platform looks about once a second. */
const EDGE_MS = 3000;

/** What the platform should show of one workspace. `late` null: either. More than one state: the moment is too near an edge. */
export interface Expectation {
  id: string;
  name: string;
  fault: string | null;
  states: { status: WorkspaceStatus; cause: WorkspaceCard['cause']; late: boolean | null }[];
  accepted: Accepted | null;
  boot_id: string | null;
}

/** From what was accepted and the contract's rules alone (§2, §3); the fleet is not provisioned, so silence ends in awaiting_agent. */
export function expectationOf(runtime: SimulatedRuntime, intervalSeconds: number, now: number): Expectation {
  const { accepted, identity } = runtime;
  const common = { id: identity.id, name: identity.name, fault: identity.fault, accepted };
  if (accepted === null) return { ...common, states: [{ status: 'awaiting_agent', cause: 'not_connected', late: false }], boot_id: null };
  const silent = now - accepted.at;
  const lateAfter = 2 * intervalSeconds * 1000;
  const lapseAfter = Math.max(90_000, 3 * intervalSeconds * 1000);
  const alive = { ...aliveAs(accepted), late: Math.abs(silent - lateAfter) < EDGE_MS ? null : silent > lateAfter };
  const gone = { status: 'awaiting_agent', cause: 'lapse', late: false } as const;
  const states = silent < lapseAfter - EDGE_MS ? [alive] : silent > lapseAfter + EDGE_MS ? [gone] : [{ ...alive, late: null }, gone];
  return { ...common, states, boot_id: identity.boot_id };
}

function aliveAs({ saying }: Accepted): { status: WorkspaceStatus; cause: WorkspaceCard['cause'] } {
  if (saying === 'wedged') return { status: 'degraded', cause: 'wedged' };
  if (saying === 'errors') return { status: 'degraded', cause: 'errors' };
  return { status: 'online', cause: null };
}

/** In which ways a shown workspace differs from what it should be; empty: in none. */
export function differences(expected: Expectation, shown: WorkspaceCard | undefined): string[] {
  if (!shown) return ['it is not listed'];
  const { accepted } = expected;
  const found: string[] = [];
  const fits = expected.states.some(
    ({ status, cause, late }) => shown.status === status && shown.cause === cause && (late === null || shown.late === late),
  );
  if (!fits) found.push(`state ${wordOf(shown)}, expected ${expected.states.map(wordOf).join(' or ')}`);
  const compare = (field: string, is: unknown, should: unknown) => {
    if (is !== should) found.push(`${field} ${JSON.stringify(is)}, expected ${JSON.stringify(should)}`);
  };
  compare('boot_id', shown.boot_id, expected.boot_id);
  compare('uptime_seconds', shown.uptime_seconds, accepted?.uptime_seconds ?? null);
  compare('last_error_rate', shown.last_error_rate, accepted?.error_rate ?? null);
  compare('active_tasks', shown.active_tasks, accepted?.active_tasks ?? 0);
  return found;
}

function wordOf({ status, cause, late }: { status: string; cause: string | null; late: boolean | null }): string {
  return `${status}${cause ? `/${cause}` : ''}${late ? '/late' : ''}`;
}
