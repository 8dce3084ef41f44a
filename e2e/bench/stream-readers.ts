import { get, type IncomingMessage } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { StreamFrames } from '#lib/contract/stream.ts';
import { type BenchWorkspace, beatBytes, startFleet } from './bench-fleet.ts';
import type { Measure } from './figure.ts';
import { paced } from './paced.ts';
import { busyWhile } from './process-usage.ts';
import { Samples } from './samples.ts';

const READERS = 200;
const CHANGES_PER_SECOND = 333;
const WORKSPACES = 1000;
const LAST_DELIVERIES_MS = 2000;
const SENT = /^sent at ([\d.]+)$/;

/** 200 readers of the stream while 333 beats a second change what they see; from the sending of a beat to its arrival at each reader. */
export const streamReaders: Measure = async ({ quick, say }) => {
  const fleet = await startFleet({ workspaces: WORKSPACES });
  const readers: FrameReader[] = [];
  try {
    const { port, pid } = fleet.platform;
    const everyMs = (WORKSPACES / CHANGES_PER_SECOND) * 1000;
    const beat = (sender: number) =>
      beatBytes(fleet.workspaces[sender] as BenchWorkspace, {
        interval_seconds: 5,
        current_task: `sent at ${performance.now().toFixed(2)}`,
      });
    const senders = { port, senders: WORKSPACES, everyMs, requestOf: beat };
    await paced({ ...senders, forMs: everyMs });
    const delays = new Samples();
    const book = new FrameBook(delays);
    for (let n = 0; n < READERS; n += 1) readers.push(await FrameReader.open(port, book));
    await paced({ ...senders, forMs: quick ? 1000 : 5000 });
    book.begin();
    say(`${READERS} readers, ${CHANGES_PER_SECOND} changes a second`);
    const { result, share } = await busyWhile(pid, () => paced({ ...senders, forMs: quick ? 5000 : 30_000 }));
    await wait(LAST_DELIVERIES_MS);
    const p99 = delays.percentile(0.99);
    const expected = result.accepted * READERS;
    const what = `${READERS} readers, ${CHANGES_PER_SECOND} changes a second`;
    return [
      {
        measure: `${what}: from beat to reader, p99`,
        target: '≤ 500 ms',
        figure: `${p99.toFixed(0)} ms (p50 ${delays.percentile(0.5).toFixed(0)} ms, ${delays.count} of ${expected} deliveries)`,
        // Of two changes of one workspace within a quarter of a second only the later is delivered.
        ok: p99 <= 500 && delays.count >= expected * 0.99,
        numbers: { p99_ms: p99, p50_ms: delays.percentile(0.5), deliveries: delays.count, expected },
      },
      {
        measure: 'Platform’s processor meanwhile, the beats included',
        target: '< 15 % of a core',
        figure: `${(share * 100).toFixed(1)} %`,
        ok: share < 0.15,
        numbers: { share },
      },
    ];
  } finally {
    for (const reader of readers) reader.close();
    await fleet.close();
  }
};

/** All readers get the same bytes: a frame is parsed once, by its first reader, and found again by its time. */
class FrameBook {
  readonly #delays: Samples;
  readonly #sentTimes = new Map<string, number[]>();
  #from = Number.POSITIVE_INFINITY;

  constructor(delays: Samples) {
    this.#delays = delays;
  }

  begin(): void {
    this.#from = performance.now();
  }

  arrived(frame: string): void {
    const at = performance.now();
    if (!frame.startsWith('event: beats')) return;
    const key = frame.slice(0, 60);
    let times = this.#sentTimes.get(key);
    if (!times) {
      times = sentTimesIn(frame);
      this.#sentTimes.set(key, times);
    }
    for (const sent of times) if (sent >= this.#from) this.#delays.add(at - sent);
  }
}

function sentTimesIn(frame: string): number[] {
  const { items } = JSON.parse(frame.slice(frame.indexOf('data: ') + 6)) as StreamFrames['beats'];
  return items.flatMap(({ current_task }) => Number(SENT.exec(current_task)?.[1] ?? Number.NaN)).filter((time) => !Number.isNaN(time));
}

class FrameReader {
  readonly #response: IncomingMessage;
  #held = '';

  constructor(response: IncomingMessage, book: FrameBook) {
    this.#response = response;
    response.setEncoding('latin1');
    response.on('error', () => {});
    response.on('data', (text: string) => {
      const frames = (this.#held + text).split('\n\n');
      this.#held = frames.pop() ?? '';
      for (const frame of frames) book.arrived(frame);
    });
  }

  static open(port: number, book: FrameBook): Promise<FrameReader> {
    return new Promise((resolve, reject) => {
      const request = get(
        { port, host: '127.0.0.1', path: '/events', headers: { accept: 'text/event-stream' }, agent: false },
        (response) => {
          if (response.statusCode === 200) resolve(new FrameReader(response, book));
          else reject(new Error(`GET /events answered ${response.statusCode}`));
        },
      );
      request.on('error', reject);
    });
  }

  close(): void {
    this.#response.destroy();
  }
}
