import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { DelegateAnswer, DelegationPage, DelegationRow } from '#lib/contract/delegations.ts';
import { type BenchFleet, type BenchWorkspace, beatOf, DIST, startFleet } from './bench-fleet.ts';
import { startServer } from './child-server.ts';
import type { Figure, Measure } from './figure.ts';
import { busyWhile, residentMb } from './process-usage.ts';
import { Samples } from './samples.ts';

const WORKSPACES = 20;
const A_MINUTE = 1000;
const AGENT_MS = 20;
const PATIENCE_MS = 60_000;

/**
 * Twenty workspaces delegate to each other, a thousand times a minute at a steady pace, then as many as fast as they are
 * taken; agents answer after 20 ms. Each must have come to its answer.
 */
export const delegations: Measure = async ({ quick, say }) => {
  const fleet = await startFleet({ workspaces: WORKSPACES });
  const agent = await startServer({ args: [join(DIST, 'bench.js'), 'agent-server'] });
  try {
    await Promise.all(fleet.workspaces.map((workspace) => connect(fleet, workspace, `http://127.0.0.1:${agent.port}/${AGENT_MS}`)));
    await giveAll(fleet, { count: 50, everyMs: 0 });
    const count = quick ? A_MINUTE / 10 : A_MINUTE;
    say(`${count} at the pace of ${A_MINUTE} a minute`);
    const steady = await play(fleet, { count, everyMs: 60_000 / A_MINUTE });
    say(`${count} as fast as they are taken`);
    const burst = await play(fleet, { count, everyMs: 0 });
    return figuresOf(steady, burst, residentMb(fleet.platform.pid).peak);
  } finally {
    await agent.stop();
    await fleet.close();
  }
};

interface Played {
  given: number;
  completed: number;
  /** Of a core, while they were given and until the last had ended. */
  share: number;
  /** From the first row to the last end. */
  seconds: number;
  /** From the row to its end. */
  took: Samples;
}

async function play(fleet: BenchFleet, how: { count: number; everyMs: number }): Promise<Played> {
  const { result: rows, share } = await busyWhile(fleet.platform.pid, async () => ended(fleet, await giveAll(fleet, how)));
  const took = new Samples();
  for (const { created_at, ended_at } of rows) if (ended_at !== null) took.add(ended_at - created_at);
  const completed = rows.filter(({ status }) => status === 'completed').length;
  const first = rows.reduce((least, { created_at }) => Math.min(least, created_at), Number.POSITIVE_INFINITY);
  const last = rows.reduce((most, { ended_at }) => Math.max(most, ended_at ?? 0), 0);
  return { given: how.count, completed, share, seconds: (last - first) / 1000, took };
}

/** Answers the ids of those that were acknowledged. */
async function giveAll(fleet: BenchFleet, { count, everyMs }: { count: number; everyMs: number }): Promise<string[]> {
  const began = performance.now();
  const given: Promise<string>[] = [];
  for (let n = 0; n < count; n += 1) {
    const early = began + n * everyMs - performance.now();
    if (early > 0) await wait(early);
    const [source, target] = [n % WORKSPACES, (n * 7 + 1) % WORKSPACES];
    const to = fleet.workspaces[target === source ? (target + 1) % WORKSPACES : target] as BenchWorkspace;
    const task = 'How many documents does the index hold, and from when is the newest? Answer in a sentence.';
    const body = { target_id: to.id, task, idempotency_key: randomUUID() };
    given.push(
      post<DelegateAnswer>(fleet, `/workspaces/${fleet.workspaces[source]?.id}/delegate`, body, fleet.workspaces[source]?.token).then(
        (answer) => answer.delegation_id,
      ),
    );
  }
  return Promise.all(given);
}

/** Waits until all of them have ended; answers their rows. */
async function ended(fleet: BenchFleet, ids: readonly string[]): Promise<DelegationRow[]> {
  const wanted = new Set(ids);
  const rows = new Map<string, DelegationRow>();
  for (const giveUpAt = performance.now() + PATIENCE_MS; performance.now() < giveUpAt; await wait(500)) {
    const { counts } = await get<DelegationPage>(fleet, '/delegations?limit=1');
    if (counts.pending + counts.dispatched + counts.queued + counts.in_progress === 0) break;
  }
  for (let cursor = ''; rows.size < wanted.size; ) {
    const { items, next } = await get<DelegationPage>(fleet, `/delegations?limit=500${cursor}`);
    for (const row of items) if (wanted.has(row.delegation_id)) rows.set(row.delegation_id, row);
    if (next === null) break;
    cursor = `&cursor=${next}`;
  }
  return [...rows.values()];
}

async function connect(fleet: BenchFleet, workspace: BenchWorkspace, url: string): Promise<void> {
  await post(
    fleet,
    '/registry/register',
    { id: workspace.id, url, agent_card: { name: workspace.name }, delivery_mode: 'push' },
    workspace.token,
  );
  await post(fleet, '/registry/heartbeat', beatOf(workspace, { interval_seconds: 300 }), workspace.token);
}

async function post<T>({ platform }: BenchFleet, path: string, body: unknown, token = ''): Promise<T> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  const answer = await fetch(`http://127.0.0.1:${platform.port}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`POST ${path} was answered with ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as T;
}

async function get<T>({ platform }: BenchFleet, path: string): Promise<T> {
  const answer = await fetch(`http://127.0.0.1:${platform.port}${path}`);
  if (!answer.ok) throw new Error(`GET ${path} was answered with ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as T;
}

function figuresOf(steady: Played, burst: Played, peakMb: number): Figure[] {
  const lost = steady.given + burst.given - steady.completed - burst.completed;
  const percent = steady.share * 100;
  const rate = (burst.completed / burst.seconds) * 60;
  return [
    {
      measure: '1,000 delegations a minute: lost',
      target: 'none',
      figure: `${lost} (${steady.given} at a steady pace and ${burst.given} at once)`,
      ok: lost === 0,
      numbers: { lost, given: steady.given + burst.given },
    },
    {
      measure: 'Platform’s processor meanwhile, at the steady pace',
      target: '< 100 % of a core',
      figure: `${percent.toFixed(1)} % (at most ${peakMb.toFixed(0)} MB)`,
      ok: percent < 100,
      numbers: { percent, peak_mb: peakMb },
    },
    {
      measure: 'From the row to its end, with an agent that takes 20 ms, p50',
      target: '',
      figure: `${steady.took.percentile(0.5)} ms (p99 ${steady.took.percentile(0.99)} ms)`,
      ok: null,
      numbers: { p50_ms: steady.took.percentile(0.5), p99_ms: steady.took.percentile(0.99) },
    },
    {
      measure: 'As fast as they are taken',
      target: '≥ 1,000 a minute',
      figure: `${rate.toFixed(0)} a minute (${(burst.share * 100).toFixed(0)} % of a core)`,
      ok: rate >= 1000,
      numbers: { a_minute: rate, percent: burst.share * 100 },
    },
  ];
}
