import { setTimeout as wait } from 'node:timers/promises';
import type { InboxPage } from '#lib/contract/inbox.ts';
import { type BenchFleet, type BenchWorkspace, startFleet } from './bench-fleet.ts';
import type { Figure, Measure } from './figure.ts';
import { postBytes, RawConnection } from './raw-connection.ts';
import { Samples } from './samples.ts';

const MESSAGES = 10_000;
const TARGET_SECONDS = 60;
const PAGE_TARGET_MS = 300;
const CONNECTIONS = 16;
const LOOK_EVERY_MS = 50;
/** After an answer that it has too much to do. */
const AGAIN_MS = 20;

/** A flood from one workspace, as fast as it is taken, while a person looks at the inbox. */
export const notify: Measure = async ({ quick, say }) => {
  const fleet = await startFleet({ workspaces: 2 });
  try {
    const [flooding, other] = fleet.workspaces as [BenchWorkspace, BenchWorkspace];
    const warmingUp = looking(fleet);
    await flood(fleet, other, 100);
    await warmingUp.end();
    const count = quick ? MESSAGES / 10 : MESSAGES;
    say(`${count.toLocaleString('en')} messages over ${CONNECTIONS} connections`);
    const looks = looking(fleet);
    const { seconds, refused } = await flood(fleet, flooding, count);
    const pages = await looks.end();
    const { items } = (await (await fetch(inboxOf(fleet, `?view=all&workspace=${flooding.id}`))).json()) as InboxPage;
    return figuresOf({ count, seconds, refused, counts: items.map((item) => item.count), pages });
  } finally {
    await fleet.close();
  }
};

function inboxOf({ platform }: BenchFleet, query = ''): string {
  return `http://127.0.0.1:${platform.port}/inbox${query}`;
}

/** Resolves when each message was taken: one that was refused for want of room is sent again. */
async function flood(
  { platform }: BenchFleet,
  { id, token }: BenchWorkspace,
  count: number,
): Promise<{ seconds: number; refused: number }> {
  const began = performance.now();
  let next = 0;
  let refused = 0;
  const sender = async () => {
    const connection = new RawConnection(platform.port);
    const send = (bytes: Buffer) => new Promise<number>((resolve) => connection.send(bytes, resolve));
    while (next < count) {
      next += 1;
      const bytes = postBytes(`/workspaces/${id}/notify`, token, { message: `message ${next}`, type: 'agent_message' });
      for (let status = await send(bytes); status !== 200; status = await send(bytes)) {
        if (status !== 503) throw new Error(`A message was answered with ${status}.`);
        refused += 1;
        await wait(AGAIN_MS);
      }
    }
    connection.close();
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, sender));
  return { seconds: (performance.now() - began) / 1000, refused };
}

/** Asks for the inbox again and again, until told to end; answers how long each took. */
function looking(fleet: BenchFleet): { end: () => Promise<Samples> } {
  const times = new Samples();
  let over = false;
  const done = (async () => {
    for (; !over; await wait(LOOK_EVERY_MS)) {
      const began = performance.now();
      const answer = await fetch(inboxOf(fleet));
      await answer.text();
      if (!answer.ok) throw new Error(`GET /inbox was answered with ${answer.status}.`);
      times.add(performance.now() - began);
    }
    return times;
  })();
  return {
    end: () => {
      over = true;
      return done;
    },
  };
}

interface Flooded {
  count: number;
  seconds: number;
  refused: number;
  /** What each incident of the workspace says. */
  counts: number[];
  pages: Samples;
}

function figuresOf({ count, seconds, refused, counts, pages }: Flooded): Figure[] {
  const [middle, tail] = [pages.percentile(0.5), pages.percentile(0.99)];
  return [
    {
      measure: `${count.toLocaleString('en')} messages of one workspace, ${CONNECTIONS} connections: until all are taken`,
      target: `≤ ${TARGET_SECONDS} s for ${MESSAGES.toLocaleString('en')}`,
      figure: `${seconds.toFixed(1)} s (${refused} were refused and sent again)`,
      ok: seconds <= (TARGET_SECONDS * count) / MESSAGES,
      numbers: { seconds, count, refused },
    },
    {
      measure: 'Incidents that they make',
      target: '1, which says how many',
      figure: `${counts.length} (${counts.map((each) => each.toLocaleString('en')).join(', ')})`,
      ok: counts.length === 1 && counts[0] === count,
      numbers: { incidents: counts.length, counted: counts[0] ?? 0 },
    },
    {
      measure: 'The inbox meanwhile, p99',
      target: `≤ ${PAGE_TARGET_MS} ms`,
      figure: `${tail.toFixed(0)} ms (p50 ${middle.toFixed(0)} ms, asked ${pages.count} times)`,
      ok: tail <= PAGE_TARGET_MS,
      numbers: { p99_ms: tail, p50_ms: middle, asked: pages.count },
    },
  ];
}
