import { commandOptions, countOption } from './command-options.ts';
import { killRounds } from './kill-rounds.ts';

const USAGE = `npm run test:kill -- [--rounds N] [--seed N]
  --rounds  kill the platform so often under load, and look for what is lost; 30 when nothing is said
  --seed    the same moments again`;
const values = commandOptions(USAGE, { rounds: { type: 'string', default: '30' }, seed: { type: 'string' } });
const rounds = countOption('rounds', values.rounds, USAGE);
const seed = values.seed === undefined ? Date.now() % 1_000_000 : countOption('seed', values.seed, USAGE);
console.log(`Killing the platform ${rounds} times under load; the same again with --seed ${seed}`);
try {
  const report = await killRounds({ rounds, seed, say: (line) => console.log(line) });
  console.log(
    `Nothing lost in ${report.rounds} kills (${report.changes} acknowledged changes, ${report.killedAtStart} more kills while it started).`,
  );
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
