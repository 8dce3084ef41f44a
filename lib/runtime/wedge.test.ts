import { expect, test } from 'vitest';
import { Wedge } from './wedge.ts';

test('the first reason wins until it is cleared, and only changes are told', () => {
  const wedge = new Wedge();
  let changes = 0;
  wedge.onChange = () => {
    changes += 1;
  };
  wedge.clear();
  wedge.mark('the cause');
  wedge.mark('a consequence');
  expect([wedge.reason, changes]).toEqual(['the cause', 1]);
  wedge.clear();
  wedge.mark('another');
  expect([wedge.reason, changes]).toEqual(['another', 3]);
});

test('a wedge without a reason still has a sentence', () => {
  const wedge = new Wedge();
  wedge.mark('  ');
  expect(wedge.reason).toBe('the agent is stuck and gave no reason');
});
