import { parseArgs } from 'node:util';
import { brokenDelegations } from './chaos/judge-delegations.ts';
import { brokenPromises, reportText } from './chaos/report-text.ts';
import { chaos } from './chaos-run.ts';
import { delegationsText, killDelegations } from './delegations-kill-run.ts';

const { values } = parseArgs({
  options: {
    restarts: { type: 'string', default: '200' },
    workspaces: { type: 'string', default: '20' },
    delegations: { type: 'string' },
    seed: { type: 'string' },
    keep: { type: 'boolean', default: false },
    quiet: { type: 'boolean', default: false },
  },
});
const [restarts, workspaces] = [Number(values.restarts), Number(values.workspaces)];
const seed = Number(values.seed ?? Date.now() % 1_000_000);
const say = values.quiet ? () => undefined : (line: string) => console.log(line);
const ending = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ending.abort());

const delegations = values.delegations === undefined ? null : Number(values.delegations);
if (delegations !== null) await playDelegations(delegations);
console.log(`${restarts} restarts over ${workspaces} workspaces; the same plan again with --seed ${seed}`);
let code = 0;
try {
  const report = await chaos({ restarts, workspaces, seed, keep: values.keep, ending: ending.signal, say });
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
