import { createServer } from 'node:net';

import { fail } from './say.js';

/** Says that the port is taken before a minute goes into installing and building. The server itself checks the rest. */
export async function requireFreePort() {
  const port = Number(process.env.PORT || 3000);
  const host = process.env.HOST || '127.0.0.1';
  if (!Number.isInteger(port) || port < 1 || port > 65_535) return;
  if ((await errorOfListening(port, host)) !== 'EADDRINUSE') return;
  await fail(
    `Port ${port} on ${host} is taken by another program. Stop that one, or choose another port: PORT=8080. PORT=0 takes any free one.`,
  );
}

function errorOfListening(port, host) {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', (error) => resolve(error.code));
    probe.listen({ port, host, exclusive: true }, () => probe.close(() => resolve(null)));
  });
}
