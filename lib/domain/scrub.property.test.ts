import { readFileSync } from 'node:fs';
import { platform } from 'node:os';
import { performance } from 'node:perf_hooks';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hostileTexts } from './hostile-texts.fixture.ts';
import { LOOK_ALIKES } from './look-alikes.fixture.ts';
import { scrub } from './scrub.ts';
import { secretSamples } from './secret-samples.fixture.ts';

const SAMPLES = secretSamples(2);
const KEY = 'PRIVATE KEY-----';
/** Pieces of which secrets are made, whole secrets, what looks like them, and noise; joined in any order. */
const piece = fc.oneof(
  fc.constantFrom(
    '"',
    "'",
    '\\"',
    '\\',
    '\\n',
    '\n',
    ' ',
    '=',
    ': ',
    '/',
    '@',
    '://',
    '://a:',
    '--',
    '&',
    '[',
    '{',
    '}',
    '<',
    '>',
    '|',
    '.',
    '_',
    '-',
    ',',
  ),
  fc.constantFrom(
    'token',
    'API_KEY',
    'password',
    'secret',
    'Authorization: ',
    'Bearer ',
    'Basic ',
    'cookie: a=',
    'curl -u me:',
    'name',
    'value',
    '[REDACTED:TOKEN]',
    '[REDACTED:',
  ),
  fc.constantFrom(`-----BEGIN ${KEY}`, `-----END ${KEY}`, 'source=sandbox', 'tool=run_code', 'eyJ', 'sk-', `AK${'IA'}`, 'SG.'),
  fc.constantFrom(...SAMPLES.flatMap(({ secret, text }) => [secret, text])),
  fc.constantFrom(...LOOK_ALIKES),
  fc.string({ maxLength: 60 }),
);
const text = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));
const { value: json } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    text,
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.oneof(text, fc.constantFrom('password', 'name', 'value', 'authorization', 'source', '__proto__')), tie('value'), {
      maxKeys: 4,
    }),
    tie('value').map((value) => JSON.stringify(value) ?? ''),
  ),
}));

test('scrubbing twice changes nothing more', () => {
  fc.assert(
    fc.property(json, (value) => {
      const once = scrub(value);
      expect(scrub(once.value)).toEqual({ value: once.value, redactions: {}, droppedSandbox: 0 });
    }),
    { numRuns: 3000, seed: 7 },
  );
});

test('no marker stands inside a marker', () => {
  const url = fc.constantFrom('DSN https://', '@o1.ingest.sentry.io/1', 'user:', '0123456789abcdef0123456789abcdef');
  const pieces = fc.array(fc.oneof(url, piece), { maxLength: 8 }).map((some) => some.join('').replaceAll('[REDACTED:', ''));
  fc.assert(
    fc.property(pieces, (text) => {
      expect(String(scrub(text).value)).not.toMatch(/\[REDACTED:(?![A-Z0-9_]{1,40}\])/);
    }),
    { numRuns: 3000, seed: 7 },
  );
});

test('a secret between any texts is not left', () => {
  const own = SAMPLES.filter(({ text: around, secret }) => around.includes(secret) && !around.includes('----'));
  fc.assert(
    fc.property(fc.string({ maxLength: 80 }), fc.constantFrom(...own), fc.string({ maxLength: 80 }), (before, sample, after) => {
      expect(JSON.stringify(scrub([`${before}\n${sample.text}\n${after}`]).value)).not.toContain(sample.secret);
    }),
    { numRuns: 2000, seed: 7 },
  );
});

/**
 * Milliseconds: on Linux of processor time, which a busy machine does not stretch as it does the clock. The kernel counts
 * this thread's in hundredths of a second.
 */
function clock(): number {
  if (platform() !== 'linux') return performance.now();
  const fields = readFileSync('/proc/thread-self/stat', 'utf8').split(') ')[1]?.split(' ') ?? [];
  return 10 * (Number(fields[11]) + Number(fields[12]));
}

/** The best of up to six. */
function isReadWithin(milliseconds: number, hostile: string): boolean {
  for (let round = 0; round < 6; round += 1) {
    const before = clock();
    scrub(hostile);
    if (clock() - before < milliseconds) return true;
  }
  return false;
}

test.each(hostileTexts(1_000_000))('a hostile megabyte is read in under half a second: %j', (_name, hostile) => {
  expect(isReadWithin(500, hostile)).toBe(true);
});

/** The dearest text in which each piece is judged once costs a quarter of it; a reading that is not linear costs many times as much. */
const QUADRATIC_MS = 400;

test('no text of repeated pieces makes it slow', () => {
  fc.assert(
    fc.property(fc.array(piece, { minLength: 1, maxLength: 4 }), (pieces) => {
      const unit = pieces.join('');
      expect(unit === '' || isReadWithin(QUADRATIC_MS, unit.repeat(Math.ceil(100_000 / unit.length)))).toBe(true);
    }),
    { numRuns: 300, seed: 7 },
  );
});

test('deep values do not overflow the stack', () => {
  let deep: unknown = 'x';
  for (let level = 0; level < 100_000; level += 1) deep = level % 2 ? [deep] : { a: deep };
  expect(scrub(deep).redactions).toEqual({ TOO_DEEP: 1 });
});
