import { describe, expect, test } from 'vitest';
import { errorCodeOf } from '#lib/contract/errors.ts';
import { type GuardPolicy, guardOrigin } from './origin-guard.ts';

const LOOPBACK: GuardPolicy = { loopback: true, allowedHosts: [], publicUrl: undefined };
const ALLOWED: GuardPolicy = { loopback: true, allowedHosts: ['canvas.test'], publicUrl: undefined };
const SIGNED_IN: GuardPolicy = { loopback: false, allowedHosts: [], publicUrl: undefined };
const PUBLIC: GuardPolicy = { loopback: false, allowedHosts: [], publicUrl: 'https://canvas.example' };
const PUBLIC_PORT: GuardPolicy = { loopback: false, allowedHosts: [], publicUrl: 'http://canvas.example:8080' };

function verdict(policy: GuardPolicy, headers: Record<string, string>, method = 'GET'): string {
  try {
    guardOrigin(method, headers, policy);
    return 'passes';
  } catch (thrown) {
    return errorCodeOf(thrown);
  }
}

describe('Host', () => {
  test.each([
    [LOOPBACK, '127.0.0.1:3000', 'passes'],
    [LOOPBACK, 'localhost:3000', 'passes'],
    [LOOPBACK, 'LocalHost', 'passes'],
    [LOOPBACK, 'localhost.:3000', 'passes'],
    [LOOPBACK, '[::1]:3000', 'passes'],
    [LOOPBACK, '[0:0:0:0:0:0:0:1]:3000', 'passes'],
    [LOOPBACK, '127.8.9.10:1', 'passes'],
    [LOOPBACK, 'evil.example', 'wrong_host'],
    [LOOPBACK, 'evil.example:3000', 'wrong_host'],
    [LOOPBACK, 'localhost.evil.example', 'wrong_host'],
    [LOOPBACK, '127.0.0.1.evil.example', 'wrong_host'],
    [LOOPBACK, '127.evil.example', 'wrong_host'],
    [LOOPBACK, 'localhost@evil.example', 'wrong_host'],
    [LOOPBACK, 'evil.example#localhost', 'wrong_host'],
    [LOOPBACK, 'localhost/evil', 'wrong_host'],
    [LOOPBACK, 'localhost:99999', 'wrong_host'],
    [LOOPBACK, 'localhost:', 'wrong_host'],
    [LOOPBACK, '0.0.0.0:3000', 'wrong_host'],
    [LOOPBACK, '192.168.1.5:3000', 'wrong_host'],
    [LOOPBACK, '[fe80::1]:3000', 'wrong_host'],
    [LOOPBACK, '[::ffff:10.0.0.1]:3000', 'wrong_host'],
    [LOOPBACK, '', 'wrong_host'],
    [LOOPBACK, 'canvas.test', 'wrong_host'],
    [ALLOWED, 'canvas.test:3000', 'passes'],
    [ALLOWED, 'CANVAS.test.', 'passes'],
    [ALLOWED, 'other.test', 'wrong_host'],
    [SIGNED_IN, 'whatever.example:3000', 'passes'],
    [SIGNED_IN, 'user@whatever.example', 'wrong_host'],
    [PUBLIC, 'canvas.example', 'passes'],
    [PUBLIC, 'canvas.example:443', 'passes'],
    [PUBLIC, 'canvas.example:8443', 'wrong_host'],
    [PUBLIC, 'evil.example', 'wrong_host'],
    [PUBLIC, '127.0.0.1:3000', 'passes'],
    [PUBLIC_PORT, 'canvas.example:8080', 'passes'],
    [PUBLIC_PORT, 'canvas.example', 'wrong_host'],
  ] as const)('%o under %s: %s', (policy, host, expected) => {
    expect(verdict(policy, { host })).toBe(expected);
  });

  test('a request without Host does not pass', () => {
    expect(verdict(LOOPBACK, {})).toBe('wrong_host');
  });
});

describe('Origin', () => {
  test.each([
    [LOOPBACK, 'localhost:3000', 'http://localhost:3000', 'passes'],
    [LOOPBACK, 'localhost:80', 'http://localhost', 'passes'],
    [LOOPBACK, 'localhost', 'http://localhost:80', 'wrong_origin'],
    [LOOPBACK, '[::1]:3000', 'http://[::1]:3000', 'passes'],
    [LOOPBACK, 'localhost:3000', 'http://localhost:5173', 'wrong_origin'],
    [LOOPBACK, 'localhost:3000', 'http://127.0.0.1:3000', 'wrong_origin'],
    [LOOPBACK, 'localhost:3000', 'http://evil.example', 'wrong_origin'],
    [LOOPBACK, 'localhost:3000', 'http://evil@localhost:3000', 'wrong_origin'],
    [LOOPBACK, 'localhost:3000', 'http://localhost:3000/path', 'wrong_origin'],
    [LOOPBACK, 'localhost:3000', 'http://localhost:3000.evil.example', 'wrong_origin'],
    [LOOPBACK, 'localhost:3000', 'chrome-extension://localhost:3000', 'wrong_origin'],
    [LOOPBACK, 'localhost:3000', 'file://', 'wrong_origin'],
    [LOOPBACK, 'localhost:3000', 'null', 'wrong_origin'],
    [LOOPBACK, 'localhost:3000', '', 'wrong_origin'],
    [SIGNED_IN, 'canvas.example', 'https://canvas.example', 'passes'],
    [SIGNED_IN, 'canvas.example', 'https://evil.example', 'wrong_origin'],
    [PUBLIC, 'canvas.example', 'https://canvas.example', 'passes'],
    [PUBLIC, '127.0.0.1:3000', 'https://canvas.example', 'passes'],
    [PUBLIC, 'canvas.example', 'https://evil.example', 'wrong_origin'],
  ] as const)('%o, Host %s, Origin %s: %s', (policy, host, origin, expected) => {
    expect(verdict(policy, { host, origin }, 'POST')).toBe(expected);
  });
});

describe('Sec-Fetch-Site', () => {
  const navigation = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
  test.each([
    ['POST', { 'sec-fetch-site': 'same-origin' }, 'passes'],
    ['GET', { 'sec-fetch-site': 'none', ...navigation }, 'passes'],
    ['GET', { 'sec-fetch-site': 'cross-site', ...navigation }, 'passes'],
    ['POST', { 'sec-fetch-site': 'cross-site', ...navigation }, 'wrong_origin'],
    ['GET', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' }, 'wrong_origin'],
    ['GET', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' }, 'wrong_origin'],
    ['GET', { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'script' }, 'wrong_origin'],
    ['POST', { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'cors' }, 'wrong_origin'],
  ] as const)('%s with %o: %s', (method, headers, expected) => {
    expect(verdict(LOOPBACK, { host: 'localhost:3000', ...headers }, method)).toBe(expected);
  });
});

test('with sign-in a change by cookie alone must say where it comes from', () => {
  const cookie = 'canvas.session_token=x';
  expect(verdict(SIGNED_IN, { host: 'canvas.example', cookie }, 'POST')).toBe('wrong_origin');
  expect(verdict(SIGNED_IN, { host: 'canvas.example', cookie }, 'GET')).toBe('passes');
  expect(verdict(SIGNED_IN, { host: 'canvas.example', cookie, origin: 'http://canvas.example' }, 'POST')).toBe('passes');
  expect(verdict(LOOPBACK, { host: 'localhost', cookie }, 'POST')).toBe('passes');
});
