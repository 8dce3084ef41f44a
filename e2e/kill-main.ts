import { parseArgs } from 'node:util';
import { killRounds } from './kill-rounds.ts';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '30' }, seed: { type: 'string' } } });
const seed = Number(values.seed ?? Date.now() % 1_000_000);
console.log(`Killing the platform ${values.rounds} times under load; the same again with --seed ${seed}`);
try {
  const report = await killRounds({ rounds: Number(values.rounds), seed, say: (line) => console.log(line) });
  console.log(
    `Nothing lost in ${report.rounds} kills (${report.changes} acknowledged changes, ${report.killedAtStart} more kills while it started).`,
  );
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
