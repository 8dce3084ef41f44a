import { randomUUID } from 'node:crypto';
import type Libsql from 'libsql';
import { type BenchFleet, type BenchWorkspace, beatBytes, startFleet } from './bench-fleet.ts';
import type { Measure } from './figure.ts';
import { insertRows } from './insert-rows.ts';
import { busyWhile } from './process-usage.ts';
import { pump, shedIn } from './pump.ts';
import { rounds } from './rounds.ts';
import { median } from './samples.ts';

const CONNECTIONS = 64;
const HOUR_MS = 3_600_000;
const DAY_HOURS = 24;
const RING_HOURS = 2160;

/** The same beats to a platform with an empty store and to one with a full one, in turns; processor time a beat is compared. */
export const beatCost: Measure = async ({ quick, say }) => {
  const rows = quick ? 50_000 : 1_000_000;
  say(`filling a store with ${rows.toLocaleString('en')} rows of activity and as many of history`);
  const full = await startFleet({ workspaces: 640, fill: (database, workspaces) => fill(database, workspaces, rows) });
  const empty = await startFleet({ workspaces: 640 });
  try {
    const cost = async (fleet: BenchFleet, ms: number) => {
      const requests = fleet.workspaces.map((workspace) => beatBytes(workspace));
      const requestOf = (connection: number, n: number) => requests[connection * 10 + (n % 10)] as Buffer;
      const { port, pid } = fleet.platform;
      const { result, share } = await busyWhile(pid, () => pump({ port, connections: CONNECTIONS, ms, requestOf }));
      return shedIn('beat-cost', result) > 0 ? null : (share / result.perSecond) * 1e6;
    };
    await cost(empty, 3000);
    await cost(full, 3000);
    const all = await rounds(quick ? 3 : 15, async (round) => {
      const fullFirst = round % 2 === 0 ? await cost(full, 2000) : null;
      const emptyUs = await cost(empty, 2000);
      const fullUs = round % 2 === 0 ? fullFirst : await cost(full, 2000);
      if (emptyUs === null || fullUs === null) return null;
      say(`round ${round}: empty ${emptyUs.toFixed(1)} µs, full ${fullUs.toFixed(1)} µs a beat`);
      return { empty: emptyUs, full: fullUs };
    });
    const ratio = median(all.map((round) => round.full / round.empty));
    const [emptyUs, fullUs] = [median(all.map((round) => round.empty)), median(all.map((round) => round.full))];
    return [
      {
        measure: `Cost of a beat with ${rows.toLocaleString('en')} rows of activity and as many of history, against an empty store`,
        target: 'the same ± 10 %',
        figure: `${((ratio - 1) * 100).toFixed(1)} % (${fullUs.toFixed(1)} µs against ${emptyUs.toFixed(1)} µs of processor)`,
        ok: Math.abs(ratio - 1) <= 0.1,
        numbers: { ratio, full_us: fullUs, empty_us: emptyUs },
      },
    ];
  } finally {
    await empty.close();
    await full.close();
  }
};

/** Everything a fleet of this size can leave behind: whole rings of minutes and hours, and a long log of activity. */
function fill(database: Libsql.Database, workspaces: readonly BenchWorkspace[], rows: number): void {
  const thisHour = Math.floor(Date.now() / HOUR_MS);
  const id = (n: number) => (workspaces[n % workspaces.length] as BenchWorkspace).id;
  const minutes = JSON.stringify(Array.from({ length: 60 }, (_, minute) => [minute, 'o', 2, 12, 0.5, 1]));
  const minuteRows = Math.min(rows, workspaces.length * (DAY_HOURS - 1));
  insertRows(database, 'history_minutes', minuteRows, (n) => {
    const hour = thisHour - 1 - Math.floor(n / workspaces.length);
    return { workspace_id: id(n), slot: hour % DAY_HOURS, hour, minutes };
  });
  const summary = JSON.stringify({ letters: { o: 58, e: 2 }, beats: 120, requests: 720, failed: 30, tasks: 2 });
  insertRows(database, 'history_hours', rows - minuteRows, (n) => {
    const hour = thisHour - 1 - Math.floor(n / workspaces.length);
    return { workspace_id: id(n), slot: hour % RING_HOURS, hour, summary };
  });
  insertRows(database, 'activity', rows, (n) => ({
    id: randomUUID(),
    workspace_id: id(n),
    activity_type: 'a2a_receive',
    origin: 'agent',
    source_id: id(n + 1),
    target_id: id(n),
    method: 'message/send',
    summary: 'Asked for a summary of the documents under docs',
    request_body: '{"text":"Summarise the documents under docs, shortest first"}',
    status: 'completed',
    duration_ms: 8000,
    created_at: Date.now() - n,
  }));
}
