import { randomUUID } from 'node:crypto';
import type { DiscoverAnswer, Peer } from '#lib/contract/registry.ts';
import { askAgent } from './a2a-client.ts';
import type { AgentHost } from './agent.ts';
import { type Log, sentenceOf } from './log.ts';
import { type PlatformClient, refusalOf } from './platform-client.ts';
import type { Wedge } from './wedge.ts';
import type { WorkMeter } from './work-meter.ts';

const ASK_TIMEOUT_MS = 120_000;

export interface HostParts {
  workspaceId: string;
  folder: string;
  client: PlatformClient;
  meter: WorkMeter;
  wedge: Wedge;
  log: Log;
}

/**
 * What a runtime lends to its agent. `ask` goes straight to the address that the platform's registry names, with
 * X-Workspace-ID saying who asks; the registry answers only for workspaces that the hierarchy rule lets talk.
 */
export function agentHost({ workspaceId, folder, client, meter, wedge, log }: HostParts): AgentHost {
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
    async work(summary, run) {
      const id = randomUUID();
      meter.begin(id, summary);
      try {
        const result = await run();
        meter.end(id, 'served');
        return result;
      } catch (thrown) {
        meter.end(id, { error: sentenceOf(thrown) });
        throw thrown;
      }
    },
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
