import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { DIST } from './bench-fleet.ts';
import type { Figure, Measure } from './figure.ts';

const TARGET = 15;
const KINDS = {
  transcript: 'Scrubbing a transcript, a secret in every twentieth line',
  secrets: 'One text of nothing but secrets of all kinds',
  named_secrets: 'One text of nothing but NAME=secret, in every spelling',
  prose: 'One text without any',
  look_alikes: 'One text of nothing but what looks like a secret',
} as const;

/** How fast `scrub` reads 1 MB of each kind, in a process of its own. */
export const scrubSpeed: Measure = async ({ say }) => {
  say('a megabyte of each kind, for a second each');
  const { stdout } = await promisify(execFile)(process.execPath, [join(DIST, 'scrub-speed.js')]);
  const speeds = z.record(z.string(), z.number()).parse(JSON.parse(stdout));
  return Object.entries(KINDS).map(([kind, measure]): Figure => {
    const speed = speeds[kind] ?? 0;
    return {
      measure,
      target: `≥ ${TARGET} MB/s`,
      figure: `${speed.toFixed(1)} MB/s`,
      ok: speed >= TARGET,
      numbers: { mb_per_second: speed },
    };
  });
};
