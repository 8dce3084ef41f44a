import type { KindReport } from './beat-tally.ts';
import type { FleetReport } from './run-fleet.ts';

const MAX_DIFFERENT = 20;
const number = new Intl.NumberFormat('en');

/** The report as a person reads it. */
export function reportText(report: FleetReport): string {
  const { options, beats, simulator } = report;
  const lines = [
    `${number.format(report.connected)} workspaces connected in ${report.connecting_seconds} s, beat every ${options.interval_seconds} s for ${report.beating_seconds} s (seed ${options.seed})`,
    '',
    '             sent   accepted    refused  unanswered   left out   p50 ms   p99 ms',
    kindLine('full', beats.full),
    kindLine('partial', beats.partial),
    ...refusals(beats.full),
    ...refusals(beats.partial),
    '',
    'The platform should show',
    ...Object.entries(report.expected).map(([state, count]) => `  ${number.format(count).padStart(8)}  ${state}`),
    ...comparison(report),
    '',
    `The simulator used ${Math.round(simulator.cpu_share * 100)} % of a core and ${simulator.rss_mb} MB`,
  ];
  if (report.left_behind > 0 && !options.keep)
    lines.push(`${report.left_behind} workspaces could not be removed; search for runtime:simulated to find them`);
  if (options.keep) lines.push('Its workspaces are still there; search for runtime:simulated to find them');
  return lines.join('\n');
}

function comparison({ shown, connected }: FleetReport): string[] {
  if (shown === null) return ['It did not answer when it was asked what it shows'];
  const { as_expected, different } = shown;
  return [
    `and shows ${number.format(as_expected)} of ${number.format(connected)} so`,
    ...different.slice(0, MAX_DIFFERENT).map(({ name, id, fault, how }) => `  ${name} (${id}, ${fault ?? 'no fault'}): ${how.join('; ')}`),
    ...(different.length > MAX_DIFFERENT ? [`  … and ${number.format(different.length - MAX_DIFFERENT)} more`] : []),
  ];
}

function kindLine(name: string, kind: KindReport): string {
  const refused = Object.values(kind.refused).reduce((sum, { count }) => sum + count, 0);
  const cells = [kind.sent, kind.accepted, refused, kind.unanswered, kind.left_out, kind.p50_ms ?? '-', kind.p99_ms ?? '-'];
  const widths = [9, 11, 11, 12, 11, 9, 9];
  return `${name.padEnd(8)}${cells.map((cell, i) => (typeof cell === 'number' ? number.format(cell) : cell).padStart(widths[i] ?? 0)).join('')}`;
}

function refusals(kind: KindReport): string[] {
  return Object.entries(kind.refused).map(([status, { count, first }]) => `  ${status} × ${number.format(count)}: ${first}`);
}
