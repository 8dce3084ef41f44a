import { expect, test } from 'vitest';
import { createSelection } from './selection.ts';

test('selecting turns it on, keeps the order, and leaving it forgets all', () => {
  const selection = createSelection();
  let told = 0;
  const stop = selection.subscribe(() => {
    told += 1;
  });
  selection.toggle('b');
  selection.toggle('a');
  expect(selection.isOn()).toBe(true);
  expect(selection.ids()).toEqual(['b', 'a']);
  selection.toggle('b');
  expect(selection.ids()).toEqual(['a']);
  expect(selection.has('b')).toBe(false);
  selection.turnOff();
  expect(selection.isOn()).toBe(false);
  expect(selection.ids()).toEqual([]);
  expect(told).toBe(4);
  stop();
  selection.turnOn();
  expect(told).toBe(4);
});

test('answers the same list until something changes, so that nobody renders for nothing', () => {
  const selection = createSelection();
  expect(selection.ids()).toBe(selection.ids());
  selection.toggle('a');
  const before = selection.ids();
  expect(selection.ids()).toBe(before);
});
