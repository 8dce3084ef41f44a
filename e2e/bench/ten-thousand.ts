import { join } from 'node:path';
import Libsql from 'libsql';
import { type BenchWorkspace, beatBytes, startFleet } from './bench-fleet.ts';
import type { Measure } from './figure.ts';
import { paced } from './paced.ts';
import { busyWhile, residentMb } from './process-usage.ts';

const WORKSPACES = 10_000;
const INTERVAL_MS = 30_000;

/**
 * Ten thousand workspaces, each on a connection of its own, beat every 30 s. What they had accepted is compared with what
 * the platform counted: the beats in its history, read from the store after it has ended.
 */
export const tenThousand: Measure = async ({ quick, say }) => {
  const count = quick ? 1000 : WORKSPACES;
  const seconds = quick ? 10 : 120;
  const fleet = await startFleet({ workspaces: count });
  let closed = false;
  try {
    const requestOf = (sender: number, round: number) =>
      beatBytes(fleet.workspaces[sender] as BenchWorkspace, {
        current_task: `Task ${round} of ${sender}`,
        uptime_seconds: 100 + round * 30,
      });
    const senders = { port: fleet.platform.port, senders: count, requestOf };
    say('each connects with its first beat');
    const first = await paced({ ...senders, everyMs: INTERVAL_MS, forMs: INTERVAL_MS });
    say(`beating for ${seconds} s`);
    const { result, share } = await busyWhile(fleet.platform.pid, () => paced({ ...senders, everyMs: INTERVAL_MS, forMs: seconds * 1000 }));
    for (const [status, n] of [...first.refused, ...result.refused]) say(`${n} beats were answered ${status || 'not at all'}`);
    const memory = residentMb(fleet.platform.pid);
    const sent = first.sent + result.sent;
    const accepted = first.accepted + result.accepted;
    await fleet.platform.stop();
    closed = true;
    const counted = countedBeats(fleet.dataDir);
    const wrong = fleet.workspaces.filter(
      ({ id }, n) => counted.get(id) !== (first.acceptedOf[n] ?? 0) + (result.acceptedOf[n] ?? 0),
    ).length;
    const total = [...counted.values()].reduce((sum, beats) => sum + beats, 0);
    const lost = sent - accepted + wrong + result.skipped;
    const what = `${count.toLocaleString('en')} workspaces every 30 s for ${seconds} s`;
    return [
      {
        measure: `${what}: beats lost`,
        target: 'none',
        figure: `${lost} (${sent} sent, ${accepted} accepted, ${total} counted)`,
        ok: lost === 0 && total === sent,
        numbers: { sent, accepted, counted: total, workspaces_that_differ: wrong },
      },
      {
        measure: 'Platform’s processor meanwhile',
        target: '< 35 % of a core',
        figure: `${(share * 100).toFixed(1)} %`,
        ok: share < 0.35,
        numbers: { share },
      },
      {
        measure: 'Platform’s memory at its most',
        target: '< 300 MB',
        figure: `${memory.peak.toFixed(0)} MB (${memory.now.toFixed(0)} MB at the end)`,
        ok: memory.peak < 300,
        numbers: { peak_mb: memory.peak, end_mb: memory.now },
      },
    ];
  } finally {
    if (closed) fleet.removeData();
    else await fleet.close();
  }
};

/** By workspace: the beats in all minutes of its history. A minute is kept as [minute, letter, beats, …]. */
function countedBeats(dataDir: string): Map<string, number> {
  const database = new Libsql(join(dataDir, 'canvas.db'));
  try {
    const rows = database.prepare('SELECT workspace_id, minutes FROM history_minutes').all() as { workspace_id: string; minutes: string }[];
    const counted = new Map<string, number>();
    for (const { workspace_id, minutes } of rows) {
      const beats = (JSON.parse(minutes) as [number, string, number][]).reduce((sum, [, , n]) => sum + n, 0);
      counted.set(workspace_id, (counted.get(workspace_id) ?? 0) + beats);
    }
    return counted;
  } finally {
    database.close();
  }
}
