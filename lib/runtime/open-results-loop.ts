import type { RuntimeConfig } from './config-schema.ts';
import { DelegationCalls } from './delegation-calls.ts';
import type { Gate } from './gate.ts';
import type { Log } from './log.ts';
import type { PlatformClient } from './platform-client.ts';
import { Absent, ResultsCycle } from './results-cycle.ts';
import { ResultsLoop, type ResultsTiming } from './results-loop.ts';
import type { WorkMemory } from './work-memory.ts';
import type { WorkMeter } from './work-meter.ts';

/** The loop that tells an agent what came of its delegations; `ending` breaks its calls off. */
export function openResultsLoop(options: {
  config: Pick<RuntimeConfig, 'workspace_id' | 'delivery_mode' | 'results_cooldown_seconds'>;
  client: PlatformClient;
  memory: WorkMemory;
  gate: Gate;
  meter: WorkMeter;
  log: Log;
  ending: AbortSignal;
  timing?: Partial<ResultsTiming> | undefined;
}): ResultsLoop {
  const { config, client, memory, gate, meter, log, ending, timing } = options;
  const workspaceId = config.workspace_id;
  const cycle = new ResultsCycle({
    workspaceId,
    calls: new DelegationCalls(client, workspaceId, ending),
    state: memory.delegations,
    shelf: memory.results,
    log,
    isOpen: () => gate.isOpen,
    isPushed: config.delivery_mode === 'push',
    cooldownMs: config.results_cooldown_seconds * 1000,
  });
  return new ResultsLoop({
    cycle,
    facts: () => memory.delegations.facts,
    meter,
    log,
    renew: () => client.renew(),
    isAbsent: (thrown) => thrown instanceof Absent,
    ...(timing && { timing }),
  });
}
