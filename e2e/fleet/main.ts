import { writeFile } from 'node:fs/promises';
import { type CommandLine, readCommandLine, USAGE } from './fleet-options.ts';
import { wordsOf } from './platform-client.ts';
import { reportText } from './report-text.ts';
import { type FleetReport, runFleet } from './run-fleet.ts';

const PROGRESS_EVERY_MS = 1000;

/** Answers the exit code: 0 done, 1 something is shown wrong (with --check) or was left behind, 2 it could not be run. */
async function main(): Promise<number> {
  const command = readCommandLine(process.argv.slice(2));
  if (command.help) {
    console.log(USAGE);
    return 0;
  }
  const stop = new AbortController();
  // The second signal ends it at once: whoever presses twice means it.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      console.error('stopping: its workspaces are removed first (once more ends it at once)');
      stop.abort();
    });
  }
  const report = await runFleet(command, { signal: stop.signal, progress: progressLine() });
  console.log(reportText(report));
  if (command.json !== null) await writeFile(command.json, `${JSON.stringify(report, null, 1)}\n`);
  return report.left_behind > 0 && !command.keep ? 1 : checked(command, report);
}

function checked({ check }: CommandLine, { shown }: FleetReport): number {
  return check && (shown === null || shown.different.length > 0) ? 1 : 0;
}

/** The newest progress, at most once a second. */
function progressLine(): (text: string) => void {
  let last = 0;
  return (text) => {
    if (Date.now() - last < PROGRESS_EVERY_MS) return;
    last = Date.now();
    console.error(text);
  };
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(wordsOf(error));
  process.exitCode = 2;
}
