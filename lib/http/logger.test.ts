import { expect, test } from 'vitest';
import { createLogger, hideSecrets } from './logger.ts';

const TOKEN = 'abcdefghijklmnopqrstuvwxyz0123456789_-ABCDE';

test.each([
  [`Authorization: Bearer ${TOKEN}`, 'Authorization: Bearer [hidden]'],
  ['Authorization: Bearer short', 'Authorization: Bearer [hidden]'],
  [`the token ${TOKEN} in a sentence`, 'the token [hidden] in a sentence'],
  ['join_0198c2d4-77aa.Zm9vYmFyYmF6 was used', 'join_[hidden] was used'],
  [`an API token canvas_${TOKEN} in a sentence`, 'an API token canvas_[hidden] in a sentence'],
  ['{"auth_token":"x y\\"z","id":"a"}', '{"auth_token":"[hidden]","id":"a"}'],
  [
    '{"password":"p","set-cookie":"c","platform_inbound_secret":"s"}',
    '{"password":"[hidden]","set-cookie":"[hidden]","platform_inbound_secret":"[hidden]"}',
  ],
  ['{"body":"{\\"token\\":\\"abc\\",\\"id\\":1}"}', '{"body":"{\\"token\\":\\"[hidden]\\",\\"id\\":1}"}'],
  ['GET /setup?token=abc&x=1', 'GET /setup?token=[hidden]&x=1'],
  ['GET /events?last_event_id=a:1', 'GET /events?last_event_id=[hidden]'],
  ['postgres://canvas:hunter22@db:5432/canvas', 'postgres://canvas:[hidden]@db:5432/canvas'],
  ['{"token_id":"0198c2d4-77aa-7000-8000-000000000001"}', '{"token_id":"0198c2d4-77aa-7000-8000-000000000001"}'],
  [`sha256 ${'a1'.repeat(32)}`, `sha256 ${'a1'.repeat(32)}`],
  [
    '{"path":"/workspaces/0198c2d4-77aa-7000-8000-000000000001/tokens"}',
    '{"path":"/workspaces/0198c2d4-77aa-7000-8000-000000000001/tokens"}',
  ],
])('%s', (line, shown) => {
  expect(hideSecrets(line)).toBe(shown);
});

function written(readable: boolean): { lines: string[]; log: ReturnType<typeof createLogger> } {
  const lines: string[] = [];
  return { lines, log: createLogger('info', { write: (line) => lines.push(line) }, readable) };
}

test('a secret is hidden wherever it stands: message, field, nested field, error and stack', () => {
  const { lines, log } = written(false);
  log.info({ deep: { headers: { cookie: 'session=abc' } }, note: TOKEN }, `Bearer ${TOKEN}`);
  log.error({ err: new Error(`failed with ${TOKEN}`) });
  expect(lines).toHaveLength(2);
  expect(lines.join('')).not.toMatch(new RegExp(`${TOKEN}|session=abc`));
  for (const line of lines) expect(() => JSON.parse(line)).not.toThrow();
});

test('a person at a terminal reads words, without the secrets either', () => {
  const { lines, log } = written(true);
  log.warn({ port: 3000, note: `Bearer ${TOKEN}` }, 'a message');
  expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d warn {2}a message port=3000 note=Bearer \[hidden\]\n$/);
});
