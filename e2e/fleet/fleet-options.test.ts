import { describe, expect, it } from 'vitest';
import { readCommandLine, readFaults } from './fleet-options.ts';
import { loopbackUrl } from './platform-client.ts';

describe('the command line', () => {
  it('has an answer for everything that is left out', () => {
    expect(readCommandLine([])).toEqual({
      url: 'http://127.0.0.1:3000',
      workspaces: 1000,
      interval_seconds: 30,
      duration_seconds: 120,
      faults: {},
      seed: 1,
      json: null,
      keep: false,
      check: false,
      help: false,
    });
  });
  it('reads what is given', () => {
    const args = [
      '--workspaces',
      '50',
      '--interval=5',
      '--duration',
      '10',
      '--fault',
      'wedge=5, errors=10%',
      '--seed',
      '7',
      '--json',
      'x.json',
      '--keep',
      '--check',
    ];
    expect(readCommandLine(args)).toMatchObject({
      workspaces: 50,
      interval_seconds: 5,
      duration_seconds: 10,
      faults: { wedge: 5, errors: 5 },
      seed: 7,
      json: 'x.json',
      keep: true,
      check: true,
    });
  });
  it.each([
    [['--workspaces', '0'], /--workspaces 0: .* from 1 to 20000/],
    [['--workspaces', '20001'], /from 1 to 20000/],
    [['--workspaces', 'many'], /--workspaces many/],
    [['--interval', '4'], /from 5 to 300/],
    [['--duration', '1e9'], /--duration/],
    [['--nonsense'], /--nonsense/],
  ])('refuses %o, saying what it may be', (args, words) => {
    expect(() => readCommandLine(args)).toThrow(words);
  });
});

describe('faults', () => {
  it.each([
    ['sleepy=5', /one of wedge, errors, silence, late, flapping, partial/],
    ['wedge', /NAME=NUMBER/],
    ['wedge=60,errors=41', /that is 101 workspaces, and there are only 100/],
  ])('%s is refused', (text, words) => {
    expect(() => readFaults(text, 100)).toThrow(words);
  });
});

describe('the address', () => {
  it.each(['http://127.0.0.1:3000', 'http://localhost:3000', 'http://[::1]:3000', 'http://127.9.8.7'])('%s is this machine', (url) => {
    expect(loopbackUrl(url).protocol).toBe('http:');
  });
  it.each([
    'http://10.0.0.1:3000',
    'http://example.com',
    'https://127.0.0.1',
    'http://127.0.0.1.example.com',
    'http://0.0.0.0:3000',
    'http://[::ffff:10.0.0.1]',
    '127.0.0.1:3000',
    '',
  ])('%s is refused', (url) => {
    expect(() => loopbackUrl(url)).toThrow(expect.objectContaining({ code: 'bad_request' }));
  });
});
