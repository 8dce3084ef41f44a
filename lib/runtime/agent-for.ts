import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CanvasError } from '#lib/contract/errors.ts';
import type { Agent } from './agent.ts';
import type { RuntimeConfig } from './config-schema.ts';

/** The agent that a configuration names. Loaded when needed: a workspace runs one kind and pays for one. */
export async function agentFor(config: RuntimeConfig): Promise<Agent> {
  const { agent } = config;
  switch (agent.kind) {
    case 'sample': {
      const { sampleAgent } = await import('./sample/sample-agent.ts');
      return sampleAgent(agent.role, { root: agent.docs ?? dirname(dirname(fileURLToPath(import.meta.url))), pace: agent.pace });
    }
    case 'command':
      throw new CanvasError('bad_request', 'agent.kind: a command agent is not part of this build');
    case 'http': {
      const { HttpAgent } = await import('./http-agent.ts');
      return new HttpAgent(agent);
    }
  }
}
