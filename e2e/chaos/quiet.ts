import { setTimeout as delay } from 'node:timers/promises';
import type { QueuePage } from '#lib/contract/messages.ts';
import type { RestartPage } from '#lib/contract/restarts.ts';
import type { WorkspaceDetail } from '#lib/contract/workspaces.ts';
import type { SteadyClient } from './steady-client.ts';

const LOOK_MS = 500;
const HELPLESS = ['paused', 'failed', 'offline'];

export interface Quiet {
  /** What is not quiet, in words; empty: all is. */
  problems: string[];
  /** Runs that are open still. */
  stuck: string[];
  /** How often a workspace that would not come back by itself was resumed, as a person would do. */
  startedAgain: number;
}

/** Waits until nothing runs or waits any more: every workspace online and idle, no message open, no run under way. */
export async function untilQuiet(client: SteadyClient, ids: readonly string[], patienceMs: number): Promise<Quiet> {
  const startedAgain = new Set<string>();
  for (const giveUpAt = Date.now() + patienceMs; ; await delay(LOOK_MS)) {
    const { items } = await client.get<RestartPage>('/restarts?active=true&limit=200');
    const stuck = items.map((run) => `run ${run.id} of ${run.workspace_name} is ${run.state} and waits for ${run.waits_for || 'nothing'}`);
    const problems = (await Promise.all(ids.map((id) => problemOf(client, id, startedAgain)))).flatMap((problem) => problem ?? []);
    if ((stuck.length === 0 && problems.length === 0) || Date.now() > giveUpAt) {
      return { problems, stuck, startedAgain: startedAgain.size };
    }
  }
}

async function problemOf(client: SteadyClient, id: string, startedAgain: Set<string>): Promise<string | null> {
  const { name, status, reason, run, active_tasks } = await client.get<WorkspaceDetail>(`/workspaces/${id}`);
  if (run !== null) return `${name} (${id}) is in run ${run.id} at ${run.state}`;
  if (HELPLESS.includes(status)) {
    const { status: answered } = await client.call('POST', `/workspaces/${id}/resume`, {
      body: { reason: 'It did not come back by itself' },
    });
    if (answered === 202) startedAgain.add(`${id} ${Date.now()}`);
  }
  if (status !== 'online') return `${name} (${id}) is ${status}: ${reason}`;
  const { items } = await client.get<QueuePage>(`/workspaces/${id}/a2a/queue?state=open&limit=500`);
  const [first] = items;
  if (first) return `${name} (${id}) has ${items.length} open messages; ${first.message_id} is ${first.state}: ${first.why}`;
  return active_tasks === 0 ? null : `${name} (${id}) shows ${active_tasks} tasks`;
}
