import { randomUUID } from 'node:crypto';
import { type BenchWorkspace, startFleet } from './bench-fleet.ts';
import type { Measure } from './figure.ts';
import { insertRows } from './insert-rows.ts';
import { Samples } from './samples.ts';

const ROWS = 1_000_000;
const TARGET_MS = 10;
const WARM_UP = 20;
const EVERY_MS = 1000;
const PEERS = 20;

/** The newest 50 rows of a workspace that has a million, with each filter; each asked for over HTTP by an operator. */
export const activity: Measure = async ({ quick, say }) => {
  const rows = quick ? ROWS / 10 : ROWS;
  say(`${rows.toLocaleString('en')} rows`);
  const peers = Array.from({ length: PEERS }, () => randomUUID());
  let middle = '';
  const fleet = await startFleet({
    workspaces: 1,
    fill: (database, [workspace]) => {
      const { id } = workspace as BenchWorkspace;
      insertRows(database, 'activity', rows, (n) => {
        const row = rowOf(n, id, peers, Date.now() - (rows - n) * EVERY_MS);
        if (n === rows / 2) middle = row.id;
        return row;
      });
    },
  });
  try {
    const [{ id }] = fleet.workspaces as [BenchWorkspace];
    const place = `http://127.0.0.1:${fleet.platform.port}/workspaces/${id}/activity?limit=50`;
    const questions = {
      'no filter': '',
      'one type': '&type=error',
      'one peer': `&peer_id=${peers[3]}`,
      'from people': '&source=canvas',
      'older than the middle': `&before_id=${middle}`,
    };
    const nothing = await timesOf(`http://127.0.0.1:${fleet.platform.port}/healthz`, quick ? 100 : 1000, null);
    const slowest = { name: '', p99: 0 };
    const all = new Samples();
    const numbers: Record<string, number> = { rows };
    for (const [name, query] of Object.entries(questions)) {
      const times = await timesOf(`${place}${query}`, quick ? 100 : 1000, 50);
      for (const time of times.values) all.add(time);
      const p99 = times.percentile(0.99);
      numbers[`${name.replaceAll(' ', '_')}_p99_ms`] = p99;
      say(`${name}: p50 ${times.percentile(0.5).toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`);
      if (p99 > slowest.p99) Object.assign(slowest, { name, p99 });
    }
    return [
      {
        measure: `The newest 50 of ${rows.toLocaleString('en')} rows of activity, p99 of the slowest filter`,
        target: `≤ ${TARGET_MS} ms`,
        figure: `${slowest.p99.toFixed(1)} ms (${slowest.name}; p50 of all ${all.percentile(0.5).toFixed(1)} ms; an answer of nothing in the same run: p99 ${nothing.percentile(0.99).toFixed(1)} ms)`,
        ok: slowest.p99 <= TARGET_MS,
        numbers,
      },
    ];
  } finally {
    await fleet.close();
  }
};

/** `rows`: how many each answer must hold; null: it is no list. */
async function timesOf(url: string, calls: number, rows: number | null): Promise<Samples> {
  const times = new Samples();
  for (let call = -WARM_UP; call < calls; call += 1) {
    const began = performance.now();
    const response = await fetch(url);
    const found = (await response.json()) as unknown[];
    if (rows !== null && found.length !== rows) throw new Error(`${url} answered ${response.status} with ${found.length} rows.`);
    if (call >= 0) times.add(performance.now() - began);
  }
  return times;
}

/** One in a hundred is an error, one in fifty is from a person. */
function rowOf(n: number, workspaceId: string, peers: readonly string[], at: number) {
  const sent = n % 2 === 0;
  const person = n % 50 === 1;
  const peer = person ? null : (peers[n % peers.length] ?? null);
  const said = { method: 'message/send', params: { message: { parts: [{ kind: 'text', text: `Look at document ${n} again, please.` }] } } };
  return {
    id: `${String(n).padStart(12, '0')}-${workspaceId.slice(0, 8)}`,
    workspace_id: workspaceId,
    activity_type: n % 100 === 7 ? 'error' : sent ? 'a2a_send' : 'a2a_receive',
    origin: person ? 'canvas' : 'agent',
    source_id: sent ? workspaceId : peer,
    target_id: sent ? peer : workspaceId,
    peer_id: peer ?? workspaceId,
    method: 'message/send',
    summary: `message/send → peer: Look at document ${n} again, please.`,
    request_body: JSON.stringify(said),
    response_body: JSON.stringify({
      jsonrpc: '2.0',
      id: null,
      result: { kind: 'message', parts: [{ kind: 'text', text: 'Nothing changed.' }] },
    }),
    status: 'ok',
    duration_ms: 1000 + (n % 5000),
    error_detail: null,
    created_at: at,
    trace_id: '0'.repeat(32),
  };
}
