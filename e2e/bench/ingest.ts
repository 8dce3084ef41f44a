import { join } from 'node:path';
import { beatBytes, DIST, startFleet } from './bench-fleet.ts';
import { type ChildServer, startServer } from './child-server.ts';
import type { Figure, Measure } from './figure.ts';
import { busyWhile } from './process-usage.ts';
import { pump, shedIn } from './pump.ts';
import { rounds } from './rounds.ts';
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
    const run = async ({ port, pid }: ChildServer, ms: number): Promise<Run | null> => {
      const { result: pumped, share } = await busyWhile(pid, () => pump({ port, connections: CONNECTIONS, ms, requestOf }));
      if (shedIn('ingest', pumped) > 0) return null;
      const { perSecond, latency } = pumped;
      return { perSecond, cpuUs: (share / perSecond) * 1e6, p50: latency.percentile(0.5), p99: latency.percentile(0.99) };
    };
    const warm = quick ? 1000 : 3000;
    await run(bare, warm);
    await run(fleet.platform, warm);
    const ms = quick ? 1000 : 2000;
    const all = await rounds(quick ? 2 : 9, async (round) => {
      const base = await run(bare, ms);
      const ours = await run(fleet.platform, ms);
      if (!base || !ours) return null;
      say(`round ${round}: bare ${told(base)}; platform ${told(ours)}`);
      return { base, ours };
    });
    return figuresOf(all);
  } finally {
    await bare.stop();
    await fleet.close();
  }
};

interface Run {
  perSecond: number;
  /** Processor time that one beat cost the server, in microseconds. */
  cpuUs: number;
  p50: number;
  p99: number;
}

function told({ perSecond, cpuUs, p99 }: Run): string {
  return `${perSecond.toFixed(0)}/s, ${cpuUs.toFixed(0)} µs of processor each, p99 ${p99.toFixed(1)} ms`;
}

function figuresOf(all: { base: Run; ours: Run }[]): Figure[] {
  const of = (pick: (round: { base: Run; ours: Run }) => number) => median(all.map(pick));
  const ratio = of(({ base, ours }) => ours.perSecond / base.perSecond);
  const tail = of(({ base, ours }) => ours.p99 / base.p99);
  const ours = of((round) => round.ours.perSecond);
  const base = of((round) => round.base.perSecond);
  const p99 = of((round) => round.ours.p99);
  const baseP99 = of((round) => round.base.p99);
  const cpu = of((round) => round.base.cpuUs / round.ours.cpuUs);
  return [
    {
      measure: 'Beats taken in, 64 connections, against bare node:http',
      target: '≥ 0.50 of it',
      figure: `${ratio.toFixed(2)} (${ours.toFixed(0)}/s against ${base.toFixed(0)}/s)`,
      ok: ratio >= 0.5,
      numbers: { ratio, per_second: ours, bare_per_second: base },
    },
    {
      measure: 'The same by processor time, which neighbours on the machine disturb less',
      target: '',
      figure: `${cpu.toFixed(2)} (${of((round) => round.ours.cpuUs).toFixed(0)} µs a beat against ${of((round) => round.base.cpuUs).toFixed(0)} µs)`,
      ok: null,
      numbers: { ratio: cpu },
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
