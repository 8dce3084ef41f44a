import { brokenDelegations } from './chaos/judge-delegations.ts';
import { brokenPromises, reportText } from './chaos/report-text.ts';
import { chaos } from './chaos-run.ts';
import { commandOptions, countOption } from './command-options.ts';
import { delegationsText, killDelegations } from './delegations-kill-run.ts';

const USAGE = `npm run chaos -- [--restarts N | --delegations N] [--workspaces N] [--seed N] [--database URL] [--keep] [--quiet]
  --restarts     restart N times under load while runtimes, agents and the platform are killed; 200 when nothing is said
  --delegations  N delegations while the platform and both ends of them are killed
  --workspaces   how many; 20 when nothing is said
  --seed         the same plan again
  --database     an empty PostgreSQL database (postgres://…) for the platform; its embedded one when absent
  --keep         keep the folder of a run in which nothing broke, too
  --quiet        say only what came of it`;
const values = commandOptions(USAGE, {
  restarts: { type: 'string', default: '200' },
  workspaces: { type: 'string', default: '20' },
  delegations: { type: 'string' },
  seed: { type: 'string' },
  database: { type: 'string' },
  keep: { type: 'boolean', default: false },
  quiet: { type: 'boolean', default: false },
});
const [restarts, workspaces] = [countOption('restarts', values.restarts, USAGE), countOption('workspaces', values.workspaces, USAGE)];
const seed = values.seed === undefined ? Date.now() % 1_000_000 : countOption('seed', values.seed, USAGE);
const { database } = values;
const say = values.quiet ? () => undefined : (line: string) => console.log(line);
const ending = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ending.abort());

if (values.delegations !== undefined) await playDelegations(countOption('delegations', values.delegations, USAGE));
console.log(`${restarts} restarts over ${workspaces} workspaces; the same plan again with --seed ${seed}`);
let code = 0;
try {
  const report = await chaos({ restarts, workspaces, seed, database, keep: values.keep, ending: ending.signal, say });
  console.log(`\n${reportText(report)}`);
  if (brokenPromises(report) > 0) {
    console.error(`\n${brokenPromises(report)} promises broke. What was found is in ${report.folder}`);
    code = 1;
  }
} catch (error) {
  console.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
  code = 1;
}
// What was still under way when it was ended waits for a platform that does not come back.
process.exit(code);

/** The other play: it ends the process with its own code. */
async function playDelegations(count: number): Promise<never> {
  console.log(`${count} delegations among ${workspaces} workspaces; the same plan again with --seed ${seed}`);
  try {
    const report = await killDelegations({
      delegations: count,
      workspaces,
      killEvery: 8,
      seed,
      database,
      keep: values.keep,
      ending: ending.signal,
      say,
    });
    console.log(`\n${delegationsText(report)}`);
    process.exit(brokenDelegations(report.verdict) === 0 ? 0 : 1);
  } catch (error) {
    console.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
    process.exit(1);
  }
}
