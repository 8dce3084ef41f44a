import { afterEach, beforeEach, expect, test } from 'vitest';
import { setMeta } from '#lib/store/meta.ts';
import { TestPlatform } from './test-platform.ts';

let canvas: TestPlatform;

beforeEach(async () => {
  canvas = await new TestPlatform().open();
});
afterEach(async () => {
  await canvas.close();
  canvas.removeFolder();
});

const failing = async (): Promise<never> => {
  throw new TypeError('Cannot convert object to primitive value');
};
const keys = async () =>
  (await canvas.store.db.selectFrom('meta').select('key').where('key', 'like', 'test-%').orderBy('key').execute()).map(({ key }) => key);

test('what fails by its own fault is given up, and nothing that was to be written with it is lost or refused', async () => {
  const { writer } = canvas.deps;
  const set = (key: string) => async (tx: Parameters<typeof setMeta>[0]) => {
    await setMeta(tx, `test-${key}`, key);
    return { result: key };
  };
  const written = [
    writer.write(set('a')),
    writer.writeSurely(failing),
    writer.write(set('b')),
    writer.write(failing),
    writer.writeSurely(set('c'), { soft: true }),
  ];
  const ends = await Promise.allSettled(written);
  expect(ends.map((end) => (end.status === 'fulfilled' ? end.value : String(end.reason)))).toEqual([
    'a',
    'TypeError: Cannot convert object to primitive value',
    'b',
    'TypeError: Cannot convert object to primitive value',
    'c',
  ]);
  expect(await keys()).toEqual(['test-a', 'test-b', 'test-c']);
  expect(canvas.logged.filter((line) => line.includes('given up'))).toHaveLength(2);
  expect(await writer.writeSurely(set('d'))).toBe('d');
});

test('what breaks a rule of the store is at fault itself', async () => {
  const { writer } = canvas.deps;
  const twice = async (tx: Parameters<typeof setMeta>[0]) => ({
    result: await tx.insertInto('meta').values({ key: 'test-a', value: '' }).execute(),
  });
  await writer.write(twice);
  await expect(writer.writeSurely(twice)).rejects.toMatchObject({ code: 'conflict' });
});

test('what the store cannot take now is tried again until it can', async () => {
  await canvas.limitDisk(0);
  const big = 'x'.repeat(64 * 1024);
  const { writer } = canvas.deps;
  const surely = writer.writeSurely(async (tx) => ({ result: await setMeta(tx, 'test-big', big) }));
  await expect(writer.write(async (tx) => ({ result: await setMeta(tx, 'test-more', big) }))).rejects.toMatchObject({
    code: 'unavailable',
  });
  await canvas.limitDisk(1_000_000);
  await surely;
  expect(await keys()).toEqual(['test-big']);
});
