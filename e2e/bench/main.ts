import { activity } from './activity.ts';
import { serveBare } from './bare-server.ts';
import { beatCost } from './beat-cost.ts';
import { delegations } from './delegations.ts';
import { type Figure, type Measure, markdownTable } from './figure.ts';
import { ingest } from './ingest.ts';
import { notify } from './notify.ts';
import { pageChange } from './page-change.ts';
import { pageThousand } from './page-thousand.ts';
import { proxy } from './proxy.ts';
import { serveAgent } from './proxy-agent.ts';
import { scrubSpeed } from './scrub-speed.ts';
import { startUp } from './start-up.ts';
import { streamReaders } from './stream-readers.ts';
import { tenThousand } from './ten-thousand.ts';

const MEASURES: Record<string, Measure> = {
  ingest,
  'ten-thousand': tenThousand,
  'beat-cost': beatCost,
  stream: streamReaders,
  'page-change': pageChange,
  'page-thousand': pageThousand,
  start: startUp,
  scrub: scrubSpeed,
  proxy,
  activity,
  delegations,
  notify,
};

const USAGE = `npm run bench -- [--only NAME[,NAME…]] [--quick] [--json]
  --only   one or more of: ${Object.keys(MEASURES).join(', ')}
  --quick  shorter runs: to see that everything works, not to quote
  --json   the figures as JSON instead of a table
  BENCH_PROFILE=FOLDER in the environment: V8 profiles of the platform`;

async function main(args: readonly string[]): Promise<void> {
  if (args[0] === 'bare-server') return serveBare();
  if (args[0] === 'agent-server') return serveAgent();
  if (args.includes('--help')) return console.log(USAGE);
  const quick = args.includes('--quick');
  const only = args.includes('--only') ? (args[args.indexOf('--only') + 1] ?? '').split(',') : Object.keys(MEASURES);
  const figures: Figure[] = [];
  for (const name of only) {
    const measure = MEASURES[name];
    if (!measure) throw new Error(`There is no measure ${JSON.stringify(name)}.\n${USAGE}`);
    console.error(`· ${name}`);
    figures.push(...(await measure({ quick, say: (line) => console.error(`  ${line}`) })));
  }
  console.log(args.includes('--json') ? JSON.stringify(figures, null, 2) : `\n${markdownTable(figures)}`);
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(signal === 'SIGINT' ? 130 : 143));
main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
