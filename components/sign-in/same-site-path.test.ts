import { expect, test } from 'vitest';
import { sameSitePath } from './same-site-path.ts';

test.each([
  ['/', '/'],
  ['/w/abc?tab=1#log', '/w/abc?tab=1#log'],
  ['/?state=wedged', '/?state=wedged'],
  [undefined, '/'],
  ['', '/'],
  ['https://evil.example', '/'],
  ['//evil.example', '/'],
  ['/\\evil.example', '/'],
  ['/\t/evil.example', '/'],
  ['/\n/evil.example', '/'],
  ['\\\\evil.example', '/'],
  ['javascript:alert(1)', '/'],
  ['/.//evil.example', '/'],
  ['/sign-in?next=/', '/'],
  ['/setup', '/'],
  ['/api/auth/sign-out', '/'],
  ['w/abc', '/'],
])('%j leads to %j', (asked, path) => {
  expect(sameSitePath(asked)).toBe(path);
});
