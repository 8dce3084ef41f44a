import { expect, test } from 'vitest';
import { checkAccess, isLoopback } from './access.ts';

const local = { host: '127.0.0.1', url: 'http://127.0.0.1:7000', inboundSecret: 'secret' };
const open = { host: '0.0.0.0', url: 'http://agent.example:7000', inboundSecret: 'secret' };
const ask = (door: typeof local, headers: Record<string, string>) => () => checkAccess({ headers }, door);

test('on loopback a program of the same machine may ask without proof', () => {
  expect(ask(local, { host: '127.0.0.1:7000' })).not.toThrow();
  expect(ask(local, { host: 'localhost:7000' })).not.toThrow();
  expect(ask(local, { host: '[::1]:7000' })).not.toThrow();
});

test('a web page may not, by its Origin or by a foreign Host', () => {
  expect(ask(local, { host: '127.0.0.1:7000', origin: 'http://evil.example' })).toThrowError(
    expect.objectContaining({ code: 'wrong_origin' }),
  );
  expect(ask(local, { host: 'evil.example:7000' })).toThrowError(expect.objectContaining({ code: 'wrong_host' }));
  expect(ask(local, {})).toThrowError(expect.objectContaining({ code: 'wrong_host' }));
});

test('beyond loopback only the inbound secret opens', () => {
  expect(ask(open, { host: 'agent.example:7000' })).toThrowError(expect.objectContaining({ code: 'unauthenticated' }));
  expect(ask(open, { host: 'agent.example:7000', authorization: 'Bearer secret' })).not.toThrow();
  expect(ask(open, { host: 'agent.example:7000', authorization: 'bearer  secret', origin: 'http://canvas.example' })).not.toThrow();
});

test('a wrong bearer is refused everywhere, also while no secret is known', () => {
  for (const door of [local, open])
    expect(ask(door, { host: '127.0.0.1:7000', authorization: 'Bearer guess' })).toThrowError(
      expect.objectContaining({ code: 'token_rejected' }),
    );
  expect(() => checkAccess({ headers: { authorization: 'Bearer x' } }, { ...open, inboundSecret: null })).toThrowError(
    expect.objectContaining({ code: 'token_rejected' }),
  );
});

test.each([
  ['127.0.0.1', true],
  ['127.8.9.10', true],
  ['localhost', true],
  ['[::1]', true],
  ['127.evil.example', false],
  ['0.0.0.0', false],
  ['10.0.0.1', false],
])('%s is loopback: %s', (host, expected) => {
  expect(isLoopback(host)).toBe(expected);
});
