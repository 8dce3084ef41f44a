import { expect, test } from 'vitest';
import { childEnvironment } from './child-environment.ts';

test('a child gets the way to programs, home and network, what it may send to, and what was named; nothing else', () => {
  const ours = {
    PATH: '/bin',
    LC_ALL: 'C',
    HTTPS_PROXY: 'http://proxy.example',
    CANVAS_ALLOWED_TARGETS: '10.0.0.0/8',
    MODEL_KEY: 'k',
    DATABASE_URL: 'postgres://user:password@host/database',
    NODE_OPTIONS: '--inspect',
    HOME: undefined,
  };
  expect(childEnvironment(ours, ['MODEL_KEY'])).toEqual({
    PATH: '/bin',
    LC_ALL: 'C',
    HTTPS_PROXY: 'http://proxy.example',
    CANVAS_ALLOWED_TARGETS: '10.0.0.0/8',
    MODEL_KEY: 'k',
  });
});
