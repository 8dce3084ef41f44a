import { agentTransportContract } from './agent-transport.contract.ts';
import { FetchTransport } from './test-agent-transport.ts';

agentTransportContract('the transport of tests', () => new FetchTransport());
