import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import type { Peer } from '#lib/contract/registry.ts';
import type { Reply, SeenRequest } from '#lib/runtime/test-platform.ts';

type Transport = Parameters<Client['connect']>[0];

export interface TestMcp {
  client: Client;
  /** What was not of the protocol. */
  faults: Error[];
  call: (name: string, args?: Record<string, unknown>, meta?: Record<string, unknown>) => Promise<ToolResult>;
}

export interface ToolResult {
  text: string;
  facts: Record<string, unknown>;
  isError: boolean;
}

/** The SDK's own client. It checks each answer against the output schema that the tool declares. */
export async function mcpClient(transport: unknown): Promise<TestMcp> {
  const client = new Client({ name: 'test-desk', title: 'Test Desk', version: '3.1' });
  const faults: Error[] = [];
  client.onerror = (error) => faults.push(error);
  await client.connect(transport as Transport);
  // Only after it has listed the tools does the client know what they promise.
  await client.listTools();
  return {
    client,
    faults,
    async call(name, args = {}, meta) {
      const result = (await client.callTool({ name, arguments: args, ...(meta && { _meta: meta }) })) as CallToolResult;
      const [first] = result.content;
      return {
        text: first?.type === 'text' ? first.text : '',
        facts: (result.structuredContent ?? {}) as Record<string, unknown>,
        isError: result.isError === true,
      };
    },
  };
}

export const mcpOverHttp = (url: string, headers: Record<string, string> = {}) =>
  mcpClient(new StreamableHTTPClientTransport(new URL(`${url}/mcp`), { requestInit: { headers } }));

export const peer = (id: string, name: string, over: Partial<Peer> = {}): Peer => ({
  id,
  name,
  role: null,
  status: 'online',
  parent_id: null,
  active_tasks: 0,
  agent_card: null,
  ...over,
});

/** Answers by `method path-without-query`; anything else gets the platform's usual answer. */
export function routes(table: Record<string, Reply | ((request: SeenRequest) => Reply)>): (request: SeenRequest) => Reply | undefined {
  return (request) => {
    const found = table[`${request.method} ${request.path.replace(/\?.*/, '')}`];
    return typeof found === 'function' ? found(request) : found;
  };
}

/** What an agent answers to a message, as the platform hands it on. */
export const answered = (text: string): Reply => ({
  status: 200,
  body: {
    jsonrpc: '2.0',
    id: 1,
    result: { kind: 'task', status: { state: 'completed' }, artifacts: [{ parts: [{ kind: 'text', text }] }] },
  },
});
