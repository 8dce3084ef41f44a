import { parseArgs } from 'node:util';
import { brokenPromises, reportText } from './chaos/report-text.ts';
import { chaos } from './chaos-run.ts';

const { values } = parseArgs({
  options: {
    restarts: { type: 'string', default: '200' },
    workspaces: { type: 'string', default: '20' },
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
