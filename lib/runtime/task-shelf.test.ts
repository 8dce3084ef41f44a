import { type ListTasksRequest, type Task, TaskState } from '@a2a-js/sdk';
import { expect, test } from 'vitest';
import { TaskShelf } from './task-shelf.ts';

const task = (id: string, state: TaskState, contextId = 'c'): Task => ({
  id,
  contextId,
  status: { state, message: undefined, timestamp: '2026-01-01T00:00:00Z' },
  artifacts: [],
  history: [],
  metadata: {},
});
const all: ListTasksRequest = {
  tenant: '',
  contextId: '',
  status: TaskState.TASK_STATE_UNSPECIFIED,
  pageToken: '',
  statusTimestampAfter: undefined,
};

test('of the ended tasks only the newest stay; those at work always do', async () => {
  const shelf = new TaskShelf(3);
  const forgotten: string[] = [];
  shelf.onForgotten = (id) => forgotten.push(id);
  await shelf.save(task('working', TaskState.TASK_STATE_WORKING));
  for (const id of ['a', 'b', 'c', 'd']) await shelf.save(task(id, TaskState.TASK_STATE_COMPLETED));
  expect((await shelf.list(all)).tasks.map(({ id }) => id)).toEqual(['d', 'c', 'working']);
  expect(await shelf.load('a')).toBeUndefined();
  expect(forgotten).toEqual(['a', 'b']);
  expect(['a', 'b', 'c', 'working'].map((id) => shelf.has(id))).toEqual([false, false, true, true]);
});

test('what is handed out is a copy', async () => {
  const shelf = new TaskShelf();
  const mine = task('a', TaskState.TASK_STATE_WORKING);
  await shelf.save(mine);
  mine.contextId = 'changed';
  const loaded = await shelf.load('a');
  if (loaded) loaded.contextId = 'changed too';
  expect((await shelf.load('a'))?.contextId).toBe('c');
});

test('lists filter and page', async () => {
  const shelf = new TaskShelf();
  for (const id of ['a', 'b', 'c']) await shelf.save(task(id, TaskState.TASK_STATE_COMPLETED));
  await shelf.save(task('other', TaskState.TASK_STATE_FAILED, 'elsewhere'));
  const first = await shelf.list({ ...all, contextId: 'c', pageSize: 2 });
  expect([first.tasks.map(({ id }) => id), first.totalSize, first.nextPageToken]).toEqual([['c', 'b'], 3, 'b']);
  const second = await shelf.list({ ...all, contextId: 'c', pageSize: 2, pageToken: 'b' });
  expect([second.tasks.map(({ id }) => id), second.nextPageToken]).toEqual([['a'], '']);
  expect((await shelf.list({ ...all, status: TaskState.TASK_STATE_FAILED })).tasks.map(({ id }) => id)).toEqual(['other']);
});
