import { createServer } from 'node:http';

/** What the platform is compared with: node:http and nothing else, that parses the JSON body and answers a few bytes. */
export function serveBare(): void {
  const answer = Buffer.from(JSON.stringify({ status: 'ok', platform_inbound_secret: 'x'.repeat(43) }));
  const headers = { 'content-type': 'application/json; charset=utf-8', 'content-length': answer.length };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
      response.writeHead(typeof body === 'object' && body !== null && 'workspace_id' in body ? 200 : 400, headers);
      response.end(answer);
    });
  });
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    console.log(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`);
  });
}
