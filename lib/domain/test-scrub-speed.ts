import { writeSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { LOOK_ALIKES } from './look-alikes.fixture.ts';
import { scrub } from './scrub.ts';
import { secretSamples } from './secret-samples.fixture.ts';

const MEGABYTE = 1_000_000;
const MEASURE_MS = 1000;
const SAMPLES = secretSamples(5);
const SENTENCE =
  'The run of yesterday finished with three warnings, none new: the mirror was slow and lib/store/open-store.ts needs a look.';

function filled(lines: readonly string[]): string {
  const once = `${lines.join('\n')}\n`;
  return once.repeat(Math.ceil(MEGABYTE / once.length)).slice(0, MEGABYTE);
}

/** Every twentieth line holds a secret: more than agents say, less than a leak. */
function transcript(): string[] {
  const lines = SAMPLES.flatMap(({ text }) => [...Array.from({ length: 19 }, (_unused, at) => `${at}: ${SENTENCE}`), text]);
  const text = filled(lines);
  return Array.from({ length: 200 }, (_unused, at) => text.slice(at * (MEGABYTE / 200), (at + 1) * (MEGABYTE / 200)));
}

const TEXTS: Record<string, unknown> = {
  transcript: transcript(),
  prose: filled([SENTENCE]),
  look_alikes: filled(LOOK_ALIKES),
  secrets: filled(SAMPLES.map(({ text }) => text)),
  named_secrets: filled(SAMPLES.filter(({ kind }) => /^(?:key|token|secret|password)/.test(kind)).map(({ text }) => text)),
};

/** Megabytes of JSON a second, the best of as many rounds as a second holds: neighbours only ever slow it down. */
function speedOf(value: unknown): number {
  const megabytes = Buffer.byteLength(JSON.stringify(value)) / 1e6;
  let best = 0;
  for (const until = performance.now() + MEASURE_MS; performance.now() < until; ) {
    const before = performance.now();
    scrub(value);
    best = Math.max(best, (megabytes * 1000) / (performance.now() - before));
  }
  return Math.round(best * 10) / 10;
}

// Test support: a program. One line of JSON on stdout, the megabytes a second by kind of text.
writeSync(1, `${JSON.stringify(Object.fromEntries(Object.entries(TEXTS).map(([kind, value]) => [kind, speedOf(value)])))}\n`);
