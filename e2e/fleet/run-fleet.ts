import type { KindReport } from './beat-tally.ts';
import type { Expectation } from './expectation.ts';
import type { FleetOptions } from './fleet-options.ts';
import { type Comparison, SimulatedFleet } from './simulated-fleet.ts';

export interface FleetReport {
  options: FleetOptions;
  connected: number;
  connecting_seconds: number;
  beating_seconds: number;
  beats: { full: KindReport; partial: KindReport };
  /** How many should be in which state, "status/cause"; "unsure" when the moment is too near an edge. */
  expected: Record<string, number>;
  /** Null when the platform did not answer at the end. */
  shown: Comparison | null;
  workspaces: Expectation[];
  left_behind: number;
  /** Of this process, while it beat. */
  simulator: { cpu_share: number; rss_mb: number };
}

export interface FleetHooks {
  progress?: (text: string) => void;
  /** Ends connecting or beating early; the report is made and the workspaces are removed all the same. */
  signal?: AbortSignal;
}

/** Connects, beats, compares and removes. Whatever fails, what was created is removed (unless `keep`). */
export async function runFleet(options: FleetOptions, { progress = () => {}, signal }: FleetHooks = {}): Promise<FleetReport> {
  const fleet = new SimulatedFleet(options);
  let report: FleetReport | null = null;
  let left = 0;
  try {
    report = await measured(fleet, options, progress, signal);
  } finally {
    if (!options.keep) left = await fleet.remove((count) => progress(`removing, ${count} left`));
    fleet.close();
  }
  return { ...report, left_behind: left };
}

async function measured(
  fleet: SimulatedFleet,
  options: FleetOptions,
  progress: (text: string) => void,
  signal?: AbortSignal,
): Promise<FleetReport> {
  const began = performance.now();
  await fleet.connect((done) => progress(`connecting ${done} of ${options.workspaces}`), signal);
  const connected = performance.now();
  progress(`beating for ${options.duration_seconds} s`);
  const cpu = process.cpuUsage();
  await fleet.beat(options.duration_seconds, signal);
  const beating_seconds = seconds(performance.now() - connected);
  const { user, system } = process.cpuUsage(cpu);
  progress('comparing');
  const workspaces = fleet.expectations();
  return {
    options,
    connected: fleet.runtimes.length,
    connecting_seconds: seconds(connected - began),
    beating_seconds,
    beats: fleet.tallies(),
    expected: countStates(workspaces),
    shown: await fleet.compare().catch(() => null),
    workspaces,
    left_behind: fleet.ids.length,
    simulator: {
      cpu_share: Math.round(((user + system) / 1e6 / beating_seconds) * 1000) / 1000,
      rss_mb: Math.round(process.memoryUsage.rss() / 1e6),
    },
  };
}

const seconds = (ms: number): number => Math.round(ms / 10) / 100;

function countStates(expectations: readonly Expectation[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { states } of expectations) {
    const [only] = states;
    const word = states.length > 1 || !only ? 'unsure' : `${only.status}${only.cause ? `/${only.cause}` : ''}${only.late ? ', late' : ''}`;
    counts[word] = (counts[word] ?? 0) + 1;
  }
  return counts;
}
