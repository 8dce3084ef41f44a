import type { DiscoverAnswer, Peer } from '#lib/contract/registry.ts';
import { askAgent } from './a2a-client.ts';
import type { AgentHost } from './agent.ts';
import type { Gate } from './gate.ts';
import type { Log } from './log.ts';
import { type PlatformClient, refusalOf } from './platform-client.ts';
import { selfGivenWork } from './self-given-work.ts';
import type { Wedge } from './wedge.ts';
import type { WorkInHand } from './work-in-hand.ts';
import type { WorkMeter } from './work-meter.ts';

const ASK_TIMEOUT_MS = 120_000;

export interface HostParts {
  workspaceId: string;
  folder: string;
  client: PlatformClient;
  meter: WorkMeter;
  work: WorkInHand;
  gate: Gate;
  wedge: Wedge;
  log: Log;
}

/**
 * What a runtime lends to its agent. `ask` goes straight to the address that the platform's registry names, with
 * X-Workspace-ID saying who asks; the registry answers only for workspaces that the hierarchy rule lets talk.
 */
export function agentHost({ workspaceId, folder, client, meter, work, gate, wedge, log }: HostParts): AgentHost {
  const me = { 'x-workspace-id': workspaceId };
  const read = async <T>(path: string, what: string): Promise<T> => {
    const answer = await client.call('GET', path, { headers: me });
    const refusal = refusalOf(answer, what);
    if (refusal) throw refusal;
    return answer.body as T;
  };
  return {
    workspaceId,
    folder,
    log,
    setTask: (text) => meter.setTask(text),
    countRequest: (outcome) => meter.count(outcome),
    markWedged: (reason) => wedge.mark(reason),
    clearWedge: () => wedge.clear(),
    work: (summary, run) => selfGivenWork({ work, gate }, summary, run),
    peers: () => read<Peer[]>(`/registry/${workspaceId}/peers`, 'to name the peers'),
    async ask(target, text, options = {}) {
      const { url } = await read<DiscoverAnswer>(`/registry/discover/${encodeURIComponent(target)}`, `to find workspace ${target}`);
      return await askAgent({ url, from: workspaceId, text, timeoutMs: ASK_TIMEOUT_MS, ...options });
    },
    crash(why) {
      log('error', why);
      process.exit(1);
    },
  };
}
