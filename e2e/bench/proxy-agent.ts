import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An agent and nothing else: it answers every A2A message, after so many milliseconds as its path says (`/20`). */
export function serveAgent(): void {
  const server = createServer({ keepAliveTimeout: 120_000 }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { id, params } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as {
        id: unknown;
        params: { message: { messageId: string } };
      };
      const parts = [{ kind: 'text', text: 'The index holds 4,312 documents; the newest is from this morning.' }];
      const result = { kind: 'message', messageId: `answer to ${params.message.messageId}`, role: 'agent', parts };
      const body = JSON.stringify({ jsonrpc: '2.0', id, result });
      const answer = () =>
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }).end(body);
      const delay = Number((request.url ?? '/').slice(1));
      if (delay > 0) setTimeout(answer, delay);
      else answer();
    });
  });
  server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
}
