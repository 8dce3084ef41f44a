import { expect, test } from 'vitest';
import { TurnQueue } from './turn-queue.ts';

/** A turn that is held until it is let go. */
function bench(limit: number, maxWaiting = 10) {
  const queue = new TurnQueue(limit, maxWaiting);
  const started: string[] = [];
  const letGo = new Map<string, () => void>();
  const enter = (name: string, key = name, signal = new AbortController().signal) =>
    queue.run(
      key,
      signal,
      () => {},
      () => {
        started.push(name);
        return new Promise<string>((resolve) => letGo.set(name, () => resolve(name)));
      },
    );
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return { queue, started, enter, settle, go: (name: string) => letGo.get(name)?.() };
}

test('as many as allowed run, the others follow in the order they came', async () => {
  const { started, enter, settle, go } = bench(2);
  const turns = ['a', 'b', 'c', 'd'].map((name) => enter(name));
  await settle();
  expect(started).toEqual(['a', 'b']);
  go('b');
  await settle();
  expect(started).toEqual(['a', 'b', 'c']);
  go('a');
  await settle();
  go('c');
  go('d');
  expect(await Promise.all(turns)).toEqual(['a', 'b', 'c', 'd']);
});

test('a key at work keeps its own waiting, not the others', async () => {
  const { started, enter, settle, go } = bench(2);
  const turns = [enter('a1', 'a'), enter('a2', 'a'), enter('b')];
  await settle();
  expect(started).toEqual(['a1', 'b']);
  go('a1');
  await settle();
  expect(started).toEqual(['a1', 'b', 'a2']);
  go('a2');
  go('b');
  await Promise.all(turns);
});

test('a full line refuses, and whoever is called off leaves it', async () => {
  const { started, enter, settle, go } = bench(1, 1);
  const first = enter('a');
  const off = new AbortController();
  const second = enter('b', 'b', off.signal);
  await expect(enter('c')).rejects.toMatchObject({ code: 'overloaded' });
  off.abort();
  await expect(second).rejects.toMatchObject({ code: 'draining' });
  const third = enter('d');
  go('a');
  await settle();
  go('d');
  await Promise.all([first, third]);
  expect(started).toEqual(['a', 'd']);
});

test('a turn that fails gives its place on', async () => {
  const { queue, enter, settle, go } = bench(1);
  const signal = new AbortController().signal;
  const failing = queue.run(
    'x',
    signal,
    () => {},
    () => Promise.reject(new Error('boom')),
  );
  const next = enter('a');
  await expect(failing).rejects.toThrow('boom');
  await settle();
  go('a');
  await next;
});
