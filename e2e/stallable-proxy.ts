import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

export interface StallableProxy {
  url: string;
  /** From now on the streams that are open carry nothing more, and nobody is told. Other connections work. */
  stall(): void;
  close(): void;
}

/** Stands between a browser and a platform as a network does that loses a connection without saying so. */
export async function stallableProxy(target: string): Promise<StallableProxy> {
  const { hostname, port } = new URL(target);
  const open = new Set<Socket>();
  const streams = new Set<Socket>();
  const stalled = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(Number(port), hostname);
    const pass = (to: Socket) => (chunk: Buffer) => {
      if (!stalled.has(near)) to.write(chunk);
    };
    open.add(near);
    near.on('data', (chunk: Buffer) => {
      if (chunk.includes('GET /events ')) streams.add(near);
    });
    near.on('data', pass(far)).on('error', () => far.destroy());
    far.on('data', pass(near)).on('error', () => near.destroy());
    near.on('close', () => {
      open.delete(near);
      far.destroy();
    });
    far.on('close', () => {
      if (!stalled.has(near)) near.destroy();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    stall: () => {
      for (const near of streams) stalled.add(near);
    },
    close: () => {
      for (const near of open) near.destroy();
      server.close();
    },
  };
}
