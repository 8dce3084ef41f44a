import { expect, test } from 'vitest';
import { WorkMeter } from './work-meter.ts';

test('the current task is what is said, else the newest in flight, else nothing', () => {
  const meter = new WorkMeter();
  meter.begin('a', 'First');
  meter.begin('b', 'Second');
  expect(meter.currentTask).toBe('Second');
  meter.describe('b', 'Second, half done');
  expect(meter.currentTask).toBe('Second, half done');
  meter.setTask('Said so');
  expect(meter.currentTask).toBe('Said so');
  meter.setTask('');
  meter.end('b', 'served');
  expect(meter.currentTask).toBe('First');
  meter.end('a', 'served');
  expect([meter.currentTask, meter.activeTasks]).toEqual(['', 0]);
});

test('beginnings and ends are told once; an end that was told already counts nothing', () => {
  const meter = new WorkMeter();
  let changes = 0;
  meter.onChange = () => {
    changes += 1;
  };
  meter.begin('a', 'A');
  meter.end('a', { error: 'boom' });
  meter.end('a', 'served');
  meter.end('never begun', 'served');
  meter.describe('never begun', 'x');
  expect([changes, meter.take(), meter.lastError]).toEqual([2, { requests: 1, failed: 1 }, 'boom']);
});

test('counts leave only with their acceptance', () => {
  const meter = new WorkMeter();
  meter.count({ error: 'boom' });
  const first = meter.take();
  meter.count('served');
  expect(meter.take()).toEqual({ requests: 2, failed: 1 });
  meter.accept(first);
  expect([meter.take(), meter.lastError]).toEqual([{ requests: 1, failed: 0 }, 'boom']);
  meter.accept(meter.take());
  expect([meter.take(), meter.lastError]).toEqual([{ requests: 0, failed: 0 }, '']);
});
