import { join } from 'node:path';
import { beatBytes, DIST, startFleet } from './bench-fleet.ts';
import { startServer } from './child-server.ts';
import type { Figure, Measure } from './figure.ts';
import { mustBeOk, pump } from './pump.ts';
import { median } from './samples.ts';

const CONNECTIONS = 64;
const PER_CONNECTION = 10;

/**
 * Beats as fast as 64 connections can, each for ten workspaces in turn, against a bare node:http server with the same
 * bytes. The two take turns: on a shared machine a ratio of neighbours is worth more than two absolute figures.
 */
export const ingest: Measure = async ({ quick, say }) => {
  const fleet = await startFleet({ workspaces: CONNECTIONS * PER_CONNECTION });
  const bare = await startServer({ args: [join(DIST, 'bench.js'), 'bare-server'] });
  try {
    const requests = fleet.workspaces.map((workspace) => beatBytes(workspace));
    const requestOf = (connection: number, n: number) => requests[connection * PER_CONNECTION + (n % PER_CONNECTION)] as Buffer;
    const run = async (port: number, ms: number) => {
      const pumped = await pump({ port, connections: CONNECTIONS, ms, requestOf });
      mustBeOk('ingest', pumped);
      return { perSecond: pumped.perSecond, p50: pumped.latency.percentile(0.5), p99: pumped.latency.percentile(0.99) };
    };
    const warm = quick ? 1000 : 3000;
    await run(bare.port, warm);
    await run(fleet.platform.port, warm);
    const rounds = [];
    for (let round = 0; round < (quick ? 2 : 5); round += 1) {
      const base = await run(bare.port, quick ? 1000 : 4000);
      const ours = await run(fleet.platform.port, quick ? 1000 : 4000);
      say(
        `round ${round + 1}: bare ${base.perSecond.toFixed(0)}/s p99 ${base.p99.toFixed(1)} ms, platform ${ours.perSecond.toFixed(0)}/s p99 ${ours.p99.toFixed(1)} ms`,
      );
      rounds.push({ base, ours });
    }
    return figuresOf(rounds);
  } finally {
    await bare.stop();
    await fleet.close();
  }
};

interface Run {
  perSecond: number;
  p50: number;
  p99: number;
}

function figuresOf(rounds: { base: Run; ours: Run }[]): Figure[] {
  const of = (pick: (round: { base: Run; ours: Run }) => number) => median(rounds.map(pick));
  const ratio = of(({ base, ours }) => ours.perSecond / base.perSecond);
  const tail = of(({ base, ours }) => ours.p99 / base.p99);
  const ours = of((round) => round.ours.perSecond);
  const base = of((round) => round.base.perSecond);
  const p99 = of((round) => round.ours.p99);
  const baseP99 = of((round) => round.base.p99);
  return [
    {
      measure: 'Beats taken in, 64 connections, against bare node:http',
      target: '≥ 0.50 of it',
      figure: `${ratio.toFixed(2)} (${ours.toFixed(0)}/s against ${base.toFixed(0)}/s)`,
      ok: ratio >= 0.5,
      numbers: { ratio, per_second: ours, bare_per_second: base },
    },
    {
      measure: 'Their p99',
      target: '≤ 5.0 × its p99',
      figure: `${tail.toFixed(1)} × (${p99.toFixed(1)} ms against ${baseP99.toFixed(1)} ms)`,
      ok: tail <= 5,
      numbers: {
        ratio: tail,
        p99_ms: p99,
        bare_p99_ms: baseP99,
        p50_ms: of((round) => round.ours.p50),
        bare_p50_ms: of((round) => round.base.p50),
      },
    },
  ];
}
