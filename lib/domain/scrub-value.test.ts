import { expect, test } from 'vitest';
import { scrub } from './scrub.ts';
import { secretSamples } from './secret-samples.fixture.ts';

const github = secretSamples(1)[0]?.secret ?? '';
const stripe = secretSamples(1).find((sample) => sample.type === 'STRIPE_KEY')?.secret ?? '';
const BEGIN = `-----BEGIN ${'RSA PRIVATE'} KEY-----`;
const END = `-----END ${'RSA PRIVATE'} KEY-----`;
const body = (seed: number) => Array.from({ length: 64 }, (_unused, at) => 'aB3cD9eF'[(at * seed) % 8]).join('');

test('keys and values, at any depth; numbers, booleans and null pass', () => {
  const { value, redactions } = scrub({ a: [{ [github]: { deep: [`x ${github} y`] } }], n: 1, b: true, z: null });
  expect(value).toEqual({ a: [{ '[REDACTED:GITHUB_PAT]': { deep: ['x [REDACTED:GITHUB_PAT] y'] } }], n: 1, b: true, z: null });
  expect(redactions).toEqual({ GITHUB_PAT: 2 });
});

test('two secrets as keys keep both of their entries', () => {
  const { value } = scrub({ [github]: 1, [`gh${'p_'}${'Z9'.repeat(18)}`]: 2 });
  expect(value).toEqual({ '[REDACTED:GITHUB_PAT]': 1, '[REDACTED:GITHUB_PAT] (2)': 2 });
});

test('a key says that its value is a secret, also as name and value', () => {
  expect(scrub({ password: 'sunshine', api_key: 'abcdefghij', tokens: 12, token: 'required' }).value).toEqual({
    password: '[REDACTED:PASSWORD]',
    api_key: '[REDACTED:API_KEY]',
    tokens: 12,
    token: 'required',
  });
  expect(scrub([{ name: 'ACME_TOKEN', value: 'abcdefghijk1' }]).value).toEqual([{ name: 'ACME_TOKEN', value: '[REDACTED:TOKEN]' }]);
  expect(scrub({ headers: { authorization: 'Bearer abcdefgh' }, GITHUB_TOKEN: github }).value).toEqual({
    headers: { authorization: 'Bearer [REDACTED:BEARER_TOKEN]' },
    GITHUB_TOKEN: '[REDACTED:GITHUB_PAT]',
  });
});

test('JSON inside a text is read as JSON: nothing hides behind its escapes, and what holds no secret keeps its form', () => {
  const hidden = `{"note": "\\u0067${github.slice(1)}"}`;
  expect(scrub(hidden)).toEqual({ value: '{"note":"[REDACTED:GITHUB_PAT]"}', redactions: { GITHUB_PAT: 1 }, droppedSandbox: 0 });
  expect(scrub(JSON.stringify({ line: JSON.stringify({ password: 'sunshine' }) })).value).toBe(
    JSON.stringify({ line: JSON.stringify({ password: '[REDACTED:PASSWORD]' }) }),
  );
  expect(scrub('{ "a" :  1.50 }').value).toBe('{ "a" :  1.50 }');
});

test('a private key broken over lines goes line by line, and nothing after it', () => {
  const lines = [
    'user: here',
    `agent: ${BEGIN}`,
    'Proc-Type: 4,ENCRYPTED',
    body(3),
    `agent: ${body(5)}`,
    'QUJD',
    `${END} there`,
    'QUJD',
    stripe,
  ];
  expect(scrub(lines)).toEqual({
    value: ['user: here', 'agent: ', '', '', '', '', ' there', 'QUJD', ''].map((rest, at) => {
      if (at === 0 || at === 7) return rest;
      if (at === 8) return '[REDACTED:STRIPE_KEY]';
      return at === 6 ? `[REDACTED:PRIVATE_KEY]${rest}` : `${rest}[REDACTED:PRIVATE_KEY]`;
    }),
    redactions: { PRIVATE_KEY: 6, STRIPE_KEY: 1 },
    droppedSandbox: 0,
  });
});

test('a private key that never ends takes no sentence with it', () => {
  expect(scrub([`agent: ${BEGIN}`, body(3), 'user: what was that?', 'done']).value).toEqual([
    'agent: [REDACTED:PRIVATE_KEY]',
    '[REDACTED:PRIVATE_KEY]',
    'user: what was that?',
    'done',
  ]);
});

test.each([
  'x source=sandbox y',
  'TOOL=RUN_CODE',
  '[Sandbox_Output] 42',
  { role: 'tool', text: 'source=sandbox' },
  { a: { b: ['x', '[SANDBOX_OUTPUT]'] } },
  { source: 'sandbox', text: 'x' },
  { 'tool=run_code': 1 },
])('sandbox output is dropped whole: %j', (item) => {
  expect(scrub({ list: ['kept', item, { text: 'kept' }] })).toEqual({
    value: { list: ['kept', { text: 'kept' }] },
    redactions: {},
    droppedSandbox: 1,
  });
});

test('sandbox output outside a list leaves its marker only', () => {
  expect(scrub({ current_task: 'read [sandbox_output] 42', last: { tool: 'run_code', out: '42' }, 'source=sandbox': 1 })).toEqual({
    value: { current_task: '[REDACTED:SANDBOX]', last: '[REDACTED:SANDBOX]' },
    redactions: {},
    droppedSandbox: 3,
  });
});
