import { closeSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { markStart, openLog, outputOf, rotateLog, tailLog } from './process-log.ts';

const limits = { maxBytes: 1000, files: 3 };
let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'canvas-log-'));
  file = join(folder, 'workspace.log');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a writer that keeps its descriptor loses no line over many rotations, and three files are all there is', () => {
  const fd = openLog(file);
  let kept: string[] = [];
  for (let line = 0; line < 200; line++) {
    writeSync(fd, `line ${line} ${'.'.repeat(20)}\n`);
    if (rotateLog(file, limits)) kept = tailLog(file, 1000, limits);
  }
  closeSync(fd);
  const numbers = kept.map((line) => Number(line.split(' ')[1]));
  expect(numbers.length).toBeGreaterThan(60);
  expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, index) => (numbers[0] ?? 0) + index));
  expect(statSync(file).size).toBeLessThan(1000);
  expect(() => statSync(`${file}.3`)).toThrow('ENOENT');
  expect(statSync(`${file}.1`).mode & 0o777).toBe(0o600);
});

test('a log that grew while nobody looked is cut to its newest part', () => {
  writeFileSync(file, `${'old\n'.repeat(10_000)}newest\n`);
  rotateLog(file, limits);
  expect(statSync(file).size).toBe(0);
  expect(statSync(`${file}.1`).size).toBe(2000);
  expect(readFileSync(`${file}.1`, 'utf8').endsWith('newest\n')).toBe(true);
});

test('the output of a life begins at its own start', () => {
  const fd = openLog(file);
  markStart(fd, 'aaaaaaaa1', 1, 0);
  writeSync(fd, 'from the first life\n');
  markStart(fd, 'bbbbbbbb2', 2, 0);
  expect(outputOf(file, 'bbbbbbbb2', 20)).toEqual([]);
  writeSync(fd, 'one\ntwo\nthree\n');
  closeSync(fd);
  expect(outputOf(file, 'bbbbbbbb2', 2)).toEqual(['two', 'three']);
  expect(outputOf(join(folder, 'no-such-log'), 'bbbbbbbb2', 2)).toEqual([]);
});

test('a line without end is cut', () => {
  writeFileSync(file, 'x'.repeat(60_000));
  expect(tailLog(file, 1, { maxBytes: 100_000, files: 1 })[0]).toHaveLength(4001);
});
