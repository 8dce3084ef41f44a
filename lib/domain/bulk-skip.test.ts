import { expect, test } from 'vitest';
import { type BulkSubject, whySkipped } from './bulk-skip.ts';

const subject = (some: Partial<BulkSubject> = {}): BulkSubject => ({
  provisioned: true,
  status: 'online',
  under_way: false,
  active_tasks: 0,
  ...some,
});

test.each<[string, BulkSubject | null, string]>([
  ['online and idle', subject(), ''],
  ['wedged', subject({ status: 'degraded' }), ''],
  ['failed to start', subject({ status: 'failed' }), ''],
  ['gone', null, 'It is not there any more.'],
  ['removed', subject({ status: 'removed' }), 'It is not there any more.'],
  ['started by somebody else', subject({ provisioned: false }), 'Canvas did not start it, so it can only be drained.'],
  ['paused', subject({ status: 'paused' }), 'It is paused; resume it to start it.'],
  ['under way', subject({ status: 'draining', under_way: true }), 'A restart, pause or drain of it is under way already.'],
])('%s', (_name, of, why) => {
  expect(whySkipped(of, 'wait')).toBe(why);
  expect(whySkipped(of, 'skip')).toBe(why);
});

test('what has work in flight is left out only when that was asked for', () => {
  expect(whySkipped(subject({ active_tasks: 1 }), 'wait')).toBe('');
  expect(whySkipped(subject({ active_tasks: 1 }), 'skip')).toBe('It is busy: 1 task in flight.');
  expect(whySkipped(subject({ active_tasks: 3 }), 'skip')).toBe('It is busy: 3 tasks in flight.');
});
