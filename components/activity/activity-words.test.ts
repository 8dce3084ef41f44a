import { expect, it } from 'vitest';
import { isActivityType, outcomeOf } from './activity-words.ts';

it.each([
  ['ok', 'a2a_send', null, ['ok', 'ok']],
  ['error', 'a2a_receive', 'no', ['bad', 'failed']],
  ['ok', 'error', null, ['bad', 'failed']],
  ['delivering', 'a2a_receive', null, ['drain', 'goes on']],
  ['half done', 'task_update', null, ['ok', 'half done']],
  ['timed out', 'task_update', 'after 5 s', ['bad', 'timed out']],
] as const)('a row that is %s (%s, %s) reads as %j', (status, activity_type, error_detail, [tone, words]) => {
  expect(outcomeOf({ status, activity_type, error_detail })).toMatchObject({ tone, words });
});

it('knows its kinds', () => {
  expect([isActivityType('agent_log'), isActivityType('toString'), isActivityType(null)]).toEqual([true, false, false]);
});
