import type { AgentCard } from '@a2a-js/sdk';
import type { Agent } from './agent.ts';

export interface CardFacts {
  name: string;
  description: string;
  /** Where messages go. */
  url: string;
  version: string;
}

/** The card as the A2A 1.0 request handler wants it; both protocol versions are declared on the one address. */
export function agentCardOf(agent: Agent, facts: CardFacts): AgentCard {
  return {
    name: facts.name,
    description: facts.description,
    version: facts.version,
    provider: undefined,
    supportedInterfaces: ['1.0', '0.3'].map((protocolVersion) => ({
      url: facts.url,
      protocolBinding: 'JSONRPC',
      tenant: '',
      protocolVersion,
    })),
    capabilities: { streaming: true, pushNotifications: true, extensions: [], extendedAgentCard: false },
    securitySchemes: {},
    securityRequirements: [],
    defaultInputModes: ['text/plain'],
    defaultOutputModes: ['text/plain'],
    skills: agent.skills.map((skill) => ({ ...skill, tags: [], examples: [], inputModes: [], outputModes: [], securityRequirements: [] })),
    signatures: [],
  };
}

/**
 * The card as it is served and registered: one JSON object that a 0.3 client and a 1.0 client can both read, since each
 * passes over the other's fields. (Choosing by the `A2A-Version` header would need a card per reader at the platform.)
 */
export function publicCard(card: AgentCard): Record<string, unknown> {
  const url = card.supportedInterfaces[0]?.url ?? '';
  return {
    name: card.name,
    description: card.description,
    version: card.version,
    url,
    preferredTransport: 'JSONRPC',
    protocolVersion: '0.3.0',
    supportedInterfaces: card.supportedInterfaces.map(({ protocolBinding, protocolVersion }) => ({
      url,
      protocolBinding,
      protocolVersion,
    })),
    capabilities: { streaming: true, pushNotifications: true, stateTransitionHistory: false },
    defaultInputModes: card.defaultInputModes,
    defaultOutputModes: card.defaultOutputModes,
    skills: card.skills.map(({ id, name, description, tags }) => ({ id, name, description, tags })),
  };
}
