import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';

export interface Desk {
  /** The structured content of the answer; rejects with the tool's own words when it is an error. */
  use<T = Record<string, unknown>>(tool: string, args?: Record<string, unknown>): Promise<T>;
  /** Closes the session as clients do: stdin first. */
  leave(): Promise<void>;
}

/** A desktop agent's client, which starts the built program with these arguments. */
export async function sitDown(program: string, args: string[], home: string): Promise<Desk> {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [program, ...args],
    env: { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: home },
    stderr: 'ignore',
  });
  const client = new Client({ name: 'desk', title: 'Desk Client', version: '1.0' });
  await client.connect(transport as Parameters<Client['connect']>[0]);
  await client.listTools();
  return {
    async use<T>(name: string, args: Record<string, unknown> = {}) {
      const result = (await client.callTool({ name, arguments: args })) as CallToolResult;
      const [first] = result.content;
      if (result.isError === true) throw new Error(first?.type === 'text' ? first.text : 'no words');
      return result.structuredContent as T;
    },
    leave: () => client.close(),
  };
}
