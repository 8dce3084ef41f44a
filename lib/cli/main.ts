#!/usr/bin/env node
import { CanvasError, errorCodeOf } from '#lib/contract/errors.ts';
import { CanvasApi } from './canvas-api.ts';
import { readCommandLine } from './command-line.ts';
import { HELP } from './help-text.ts';
import { plainLines } from './plain-text.ts';
import { restart } from './restart.ts';
import { statusText } from './status.ts';

/** Done 0, the restart failed 1, wrong usage or no such workspace 2, not reachable or refused 3, the restart was cancelled 4. */
const EXIT = { done: 0, failed: 1, usage: 2, refused: 3, cancelled: 4 } as const;
const DEFAULT_URL = 'http://127.0.0.1:3000';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function main(argv: readonly string[]): Promise<number> {
  const line = readCommandLine(argv);
  if (line.command === 'help') {
    (line.asked ? process.stdout : process.stderr).write(HELP);
    return line.asked ? EXIT.done : EXIT.usage;
  }
  const api = new CanvasApi(line.url || process.env['CANVAS_URL'] || DEFAULT_URL, process.env['CANVAS_TOKEN'] || null);
  if (line.command === 'status') {
    say(await statusText(api, line.workspace, line.json));
    return EXIT.done;
  }
  const { state } = await restart(api, line, say);
  if (state === 'failed' || state === 'cancelled') return EXIT[state];
  return EXIT.done;
}

/** What the person typed, or what Canvas says to it. */
function exitOf(thrown: unknown): number {
  const code = errorCodeOf(thrown);
  return code === 'bad_request' || code === 'not_found' ? EXIT.usage : EXIT.refused;
}

// Whoever read it (head, less) has read enough.
process.stdout.on('error', () => process.exit(EXIT.done));

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (thrown: unknown) => {
    process.stderr.write(`canvas: ${plainLines(thrown instanceof CanvasError ? thrown.message : String(thrown))}\n`);
    process.exitCode = exitOf(thrown);
  },
);
