import { parseArgs } from 'node:util';
import { brokenPromises, reportText } from './chaos/report-text.ts';
import { chaos } from './chaos-run.ts';

const { values } = parseArgs({
  options: {
    restarts: { type: 'string', default: '200' },
    workspaces: { type: 'string', default: '20' },
    seed: { type: 'string' },
    quiet: { type: 'boolean', default: false },
  },
});
const seed = Number(values.seed ?? Date.now() % 1_000_000);
const say = values.quiet ? () => undefined : (line: string) => console.log(line);
console.log(`${values.restarts} restarts over ${values.workspaces} workspaces; the same plan again with --seed ${seed}`);
try {
  const report = await chaos({ restarts: Number(values.restarts), workspaces: Number(values.workspaces), seed, say });
  console.log(`\n${reportText(report)}`);
  if (brokenPromises(report) > 0) {
    console.error(`\n${brokenPromises(report)} promises broke. What was found is in ${report.folder}`);
    process.exitCode = 1;
  }
} catch (error) {
  console.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exitCode = 1;
}
