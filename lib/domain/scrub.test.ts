import { expect, test } from 'vitest';
import { LOOK_ALIKES } from './look-alikes.fixture.ts';
import { scrub } from './scrub.ts';
import { secretSamples } from './secret-samples.fixture.ts';

const SAMPLES = secretSamples(5);

test('the tables are as large as they should be', () => {
  expect(SAMPLES.length).toBeGreaterThanOrEqual(200);
  expect(new Set(SAMPLES.map((sample) => sample.kind.replace(/ \d+$/, ''))).size).toBeGreaterThanOrEqual(40);
  expect(new Set(LOOK_ALIKES).size).toBeGreaterThanOrEqual(200);
});

test.each(SAMPLES)('$kind is taken out', ({ text, secret, type }) => {
  const { value, redactions } = scrub(text);
  expect(value).not.toContain(secret);
  expect(value).toContain(`[REDACTED:${type}]`);
  expect(redactions).toEqual({ [type]: 1 });
});

test.each(LOOK_ALIKES)('%s is kept', (text) => {
  expect(scrub(text)).toEqual({ value: text, redactions: {}, droppedSandbox: 0 });
  expect(scrub({ adapter: [{ note: text }] }).value).toEqual({ adapter: [{ note: text }] });
});
