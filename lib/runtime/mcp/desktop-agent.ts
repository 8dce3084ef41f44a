import { CanvasError } from '#lib/contract/errors.ts';
import type { Agent } from '#lib/runtime/agent.ts';

/** An agent at somebody's desk: it uses tools, and is called by nobody but that person. `client`: as its MCP session names it. */
export function desktopAgent(client: { name: string; title?: string | undefined; version: string }): Agent {
  const name = (client.title ?? client.name).slice(0, 200) || 'MCP client';
  return {
    name,
    description: `${name} ${client.version}`.trim().slice(0, 500).concat(', joined through MCP: it fetches its messages'),
    skills: [],
    capabilities: { mcp: true },
    handle: () => Promise.reject(new CanvasError('unavailable', `${name} fetches its messages: send them through Canvas`)),
  };
}
