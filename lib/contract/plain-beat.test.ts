import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { heartbeatSchema, MAX_REQUESTS, MAX_UPTIME_SECONDS } from './heartbeat.ts';
import { plainBeat } from './plain-beat.ts';

const OURS = {
  workspace_id: 'a',
  error_rate: 0.25,
  sample_error: 'timeout',
  active_tasks: 2,
  current_task: 'Index the docs',
  uptime_seconds: 100,
  runtime_state: '',
  runtime_metadata: { capabilities: { session: true, push: false }, idle_timeout_seconds: null },
  boot_id: 'b1',
  interval_seconds: 30,
  requests: 8,
};

const odd = fc.oneof(
  fc.constantFrom(null, undefined, true, '', 'wedged', 'x', 'y'.repeat(64), 'y'.repeat(65), 'z'.repeat(2000), 'z'.repeat(2001)),
  fc.constantFrom('\ud800', 'x\udc00y', '😀', '\ud83d'.repeat(2000)),
  fc.constantFrom(
    0,
    -0,
    1,
    -1,
    0.5,
    1.5,
    4,
    5,
    300,
    301,
    MAX_REQUESTS + 1,
    MAX_UPTIME_SECONDS + 1,
    10_000,
    10_001,
    MAX_REQUESTS,
    MAX_UPTIME_SECONDS,
    2 ** 53,
    Number.NaN,
    Number.POSITIVE_INFINITY,
  ),
  fc.anything({ maxDepth: 2 }),
);
const capabilities = fc.dictionary(
  fc.oneof(fc.string({ maxLength: 3 }), fc.constantFrom('k'.repeat(65), '\ud800')),
  fc.oneof({ weight: 9, arbitrary: fc.boolean() }, odd),
  { maxKeys: 20, noNullPrototype: true },
);
const metadata = fc.record(
  {
    capabilities: fc.oneof(capabilities, odd),
    idle_timeout_seconds: fc.oneof(fc.constantFrom(null, 60, 0, -1, Number.POSITIVE_INFINITY), odd),
    other: odd,
  },
  { requiredKeys: [], noNullPrototype: true },
);

/** A beat of ours with some fields left out, some made odd, and perhaps one that nobody knows. */
const bodies = fc
  .record(
    Object.fromEntries(
      Object.entries(OURS).map(([name, value]) => [
        name,
        fc.oneof(
          { weight: 12, arbitrary: fc.constant(value) },
          name === 'runtime_metadata' ? { weight: 6, arbitrary: metadata } : { weight: 1, arbitrary: odd },
        ),
      ]),
    ),
    { requiredKeys: [], noNullPrototype: true },
  )
  .chain((beat) =>
    fc.oneof(
      { weight: 5, arbitrary: fc.constant(beat) },
      fc.record({ more: odd }, { noNullPrototype: true }).map((more) => ({ ...beat, ...more })),
    ),
  );

describe('plainBeat', () => {
  test('what it lets through is exactly what the schema makes of it', () => {
    let plain = 0;
    fc.assert(
      fc.property(fc.oneof({ weight: 9, arbitrary: bodies }, odd), (body) => {
        const beat = plainBeat(body);
        if (beat === null) return;
        plain += 1;
        expect(beat).toStrictEqual(heartbeatSchema.parse(body));
      }),
      { numRuns: 5000 },
    );
    expect(plain).toBeGreaterThan(500);
  });

  test.each([
    ['a full beat of our runtime', OURS],
    ['a wedged one', { ...OURS, runtime_state: 'wedged' }],
    [
      'a partial one of the reference runtime',
      { workspace_id: 'a', error_rate: 0, sample_error: '', active_tasks: 1, current_task: 'x', uptime_seconds: 0 },
    ],
  ])('takes %s without the schema', (_what, body) => {
    expect(plainBeat(body)).toBe(body);
  });

  test.each([
    ['an unknown field', { ...OURS, colour: 'red' }],
    ['a drain report', { ...OURS, drain: { run_id: 'r', state: 'draining' } }],
    ['a key that could reach a prototype', JSON.parse('{"workspace_id":"a","__proto__":{"x":1}}')],
    ['such a capability', JSON.parse('{"workspace_id":"a","runtime_metadata":{"capabilities":{"__proto__":true}}}')],
    ['half a character', { ...OURS, current_task: 'x\ud800y' }],
    ['half a character in a capability', { ...OURS, runtime_metadata: { capabilities: { '\udc00': true } } }],
    ['more requests than there are', { ...OURS, requests: MAX_REQUESTS + 1 }],
    ['an uptime before computers', { ...OURS, uptime_seconds: MAX_UPTIME_SECONDS + 1 }],
    ['no workspace', {}],
    ['no object', 'beat'],
  ])('leaves %s to the schema', (_what, body) => {
    expect(plainBeat(body)).toBeNull();
  });
});
