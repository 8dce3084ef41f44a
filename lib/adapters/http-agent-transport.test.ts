import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { agentTransportContract } from '#lib/ports/agent-transport.contract.ts';
import { wholeAnswer } from '#lib/ports/agent-transport.ts';
import { HttpAgentTransport } from './http-agent-transport.ts';

agentTransportContract('node:http', () => new HttpAgentTransport());

test('an answer that is read as it comes is asked for again too, when the kept connection was closed at that moment', async () => {
  const server = createServer((_request, response) => response.end('ok'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const transport = new HttpAgentTransport();
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  const call = { url, method: 'GET', headers: {}, timeoutMs: 10_000, maxBytes: 1000 } as const;
  await transport.call(call);
  server.closeAllConnections();
  expect(await wholeAnswer(await transport.open(call))).toEqual({ status: 200, text: 'ok' });
  transport.close();
  await new Promise((resolve) => server.close(resolve));
});
