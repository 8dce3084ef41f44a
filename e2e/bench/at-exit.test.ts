import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';

const MODULE = new URL('./at-exit.ts', import.meta.url).href;

/** Runs these lines in a process of their own, and answers what it printed. */
const run = (lines: string) =>
  execFileSync(process.execPath, [
    '--import',
    'tsx',
    '--input-type=module',
    '-e',
    `import { atExit, temporaryFolder } from '${MODULE}';\n${lines}`,
  ])
    .toString()
    .trim();

test('a temporary folder is gone when its process ends in the middle, also after another clean-up failed', () => {
  const folder = run(`
    const { path } = temporaryFolder('canvas-at-exit');
    (await import('node:fs')).writeFileSync(path + '/file', '');
    atExit(() => { throw new Error('too late'); });
    console.log(path);
    process.exit(0);
  `);
  expect(folder).toContain('canvas-at-exit-');
  expect(existsSync(folder)).toBe(false);
});

test('what was taken back is not done, the rest is done newest first', () => {
  const said = run(`
    atExit(() => console.log('first'));
    atExit(() => console.log('second'))();
    atExit(() => console.log('third'));
  `);
  expect(said).toBe('third\nfirst');
});
