import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Agent } from './agent.ts';
import type { RuntimeConfig } from './config-schema.ts';
import type { Environment } from './read-config.ts';

/** The agent that a configuration names. Loaded when needed: a workspace runs one kind and pays for one. */
export async function agentFor(config: RuntimeConfig, environment: Environment): Promise<Agent> {
  const { agent } = config;
  switch (agent.kind) {
    case 'sample': {
      const { sampleAgent } = await import('./sample/sample-agent.ts');
      return sampleAgent(agent.role, { root: agent.docs ?? dirname(dirname(fileURLToPath(import.meta.url))), pace: agent.pace });
    }
    case 'command': {
      const { CommandAgent } = await import('./command-agent.ts');
      return await CommandAgent.create(agent, {
        folder: config.folder,
        environment,
        resultsPath: resolve(config.folder, config.results_file),
      });
    }
    case 'http': {
      const { HttpAgent } = await import('./http-agent.ts');
      return new HttpAgent(agent);
    }
  }
}
