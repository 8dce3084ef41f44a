import { agentTransportContract } from '#lib/ports/agent-transport.contract.ts';
import { HttpAgentTransport } from './http-agent-transport.ts';

agentTransportContract('node:http', () => new HttpAgentTransport());
