import { setTimeout as wait } from 'node:timers/promises';
import { RawConnection } from './raw-connection.ts';

const STEP_MS = 5;

export interface PacedOptions {
  port: number;
  /** How many senders there are; each keeps a connection of its own. */
  senders: number;
  /** Milliseconds between two requests of one sender; the senders are spread over them evenly. */
  everyMs: number;
  forMs: number;
  requestOf: (sender: number, n: number) => Buffer;
}

export interface PacedResult {
  sent: number;
  accepted: number;
  acceptedOf: number[];
  /** Requests not sent when they were due because the one before was not answered yet. */
  skipped: number;
  latencies: number[];
  /** How many were refused with each status; 0: not answered. */
  refused: Map<number, number>;
}

/** Many senders at a steady pace, as runtimes beat. Resolves when every answer is in, or has been waited for 10 s. */
export async function paced({ port, senders, everyMs, forMs, requestOf }: PacedOptions): Promise<PacedResult> {
  const result: PacedResult = {
    sent: 0,
    accepted: 0,
    acceptedOf: new Array<number>(senders).fill(0),
    skipped: 0,
    latencies: [],
    refused: new Map(),
  };
  const connections = Array.from({ length: senders }, () => new RawConnection(port));
  const busy = new Uint8Array(senders);
  let waiting = 0;
  const send = (sender: number, round: number) => {
    if (busy[sender] === 1) {
      result.skipped += 1;
      return;
    }
    busy[sender] = 1;
    waiting += 1;
    result.sent += 1;
    const at = performance.now();
    connections[sender]?.send(requestOf(sender, round), (status) => {
      busy[sender] = 0;
      waiting -= 1;
      if (status !== 200) {
        result.refused.set(status, (result.refused.get(status) ?? 0) + 1);
        return;
      }
      result.accepted += 1;
      result.acceptedOf[sender] = (result.acceptedOf[sender] ?? 0) + 1;
      result.latencies.push(performance.now() - at);
    });
  };
  const began = performance.now();
  // The n-th request of all is due at n / senders * everyMs: sender n % senders, its round n / senders.
  let next = 0;
  for (let over = false; !over; ) {
    const elapsed = performance.now() - began;
    over = elapsed >= forMs;
    const due = Math.round((Math.min(elapsed, forMs) / everyMs) * senders);
    for (; next < due; next += 1) send(next % senders, Math.floor(next / senders));
    if (!over) await wait(STEP_MS);
  }
  for (let patience = 0; waiting > 0 && patience < 10_000; patience += STEP_MS) await wait(STEP_MS);
  for (const connection of connections) connection.close();
  return result;
}
