import { describe, expect, it } from 'vitest';
import { MINUTE_LETTERS } from '#lib/contract/workspace-status.ts';
import { barPaths, barsInWords } from './bar-paths.ts';

describe('bars of the hour', () => {
  it('draws one path per colour, one bar per minute', () => {
    const paths = barPaths('ooowd');
    expect(paths.map(({ tone }) => tone)).toEqual(['ok', 'bad', 'warn']);
    expect(paths[0]?.d.match(/M/g)).toHaveLength(3);
    expect(paths[1]?.d).toBe('M15 0h3v20h-3z');
  });

  it('tells states apart by height as well as by colour', () => {
    const looks = MINUTE_LETTERS.filter((letter) => letter !== 'r').map((letter) => barPaths(letter)[0]);
    expect(new Set(looks.map((look) => `${look?.tone} ${look?.d}`)).size).toBe(looks.length);
  });

  it('says the hour in words, the most first', () => {
    expect(barsInWords(`${'o'.repeat(55)}wwwww`)).toBe('Last hour: 55 min fine, 5 min wedged');
  });
});
