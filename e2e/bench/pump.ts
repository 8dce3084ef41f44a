import { RawConnection } from './raw-connection.ts';
import { Samples } from './samples.ts';

export interface PumpOptions {
  port: number;
  connections: number;
  ms: number;
  /** The n-th request of a connection. */
  requestOf: (connection: number, n: number) => Buffer;
}

export interface Pumped {
  perSecond: number;
  latency: Samples;
  sent: number;
  /** How many were answered with each status; 0: not answered. */
  statuses: Map<number, number>;
}

/** Sends as fast as it is answered, one request at a time on each connection. */
export async function pump({ port, connections, ms, requestOf }: PumpOptions): Promise<Pumped> {
  const latency = new Samples();
  const statuses = new Map<number, number>();
  const began = performance.now();
  const until = began + ms;
  let sent = 0;
  const one = (index: number) =>
    new Promise<void>((resolve) => {
      const connection = new RawConnection(port);
      let n = 0;
      const next = () => {
        const at = performance.now();
        if (at >= until) {
          connection.close();
          resolve();
          return;
        }
        sent += 1;
        connection.send(requestOf(index, n++), (status) => {
          latency.add(performance.now() - at);
          statuses.set(status, (statuses.get(status) ?? 0) + 1);
          next();
        });
      };
      next();
    });
  await Promise.all(Array.from({ length: connections }, (_, index) => one(index)));
  const answered = sent - (statuses.get(0) ?? 0);
  return { perSecond: answered / ((performance.now() - began) / 1000), latency, sent, statuses };
}

/** How many were shed with 503: the machine had too much else to do, and the run says nothing. @throws for any other refusal */
export function shedIn(what: string, { statuses }: Pumped): number {
  const others = [...statuses].filter(([status]) => status !== 200 && status !== 503);
  if (others.length > 0) throw new Error(`${what}: answers other than 200: ${others.map(([status, n]) => `${n} × ${status}`).join(', ')}`);
  return statuses.get(503) ?? 0;
}
