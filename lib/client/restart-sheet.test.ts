import { describe, expect, it } from 'vitest';
import { readSheetPlace, sheetAddress } from './restart-sheet.ts';

describe('the address of the sheet', () => {
  it('says which workspace, which run, and whether only its drain is meant', () => {
    const place = { id: 'ws-1', drain: true, run: 'r 1' };
    const address = sheetAddress('https://canvas.test/?q=docs&state=wedged#top', place);
    expect(address).toBe('/?q=docs&state=wedged&restart=ws-1&drain=1&run=r+1#top');
    expect(readSheetPlace(new URL(address, 'https://canvas.test').search)).toEqual(place);
  });

  it('leaves nothing behind when it closes', () => {
    expect(sheetAddress('https://canvas.test/w/a?restart=a&drain=1&run=r1&q=x', null)).toBe('/w/a?q=x');
    expect(sheetAddress('https://canvas.test/?restart=a', null)).toBe('/');
  });

  it.each([['', '?q=1', '?restart=', '?run=r1']])('is closed at %j', (...searches) => {
    for (const search of searches) expect(readSheetPlace(search)).toBeNull();
  });
});
