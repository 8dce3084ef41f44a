import { describe, expect, it } from 'vitest';
import type { ActivityRow } from '#lib/contract/activity.ts';
import { withNewest } from './activity.ts';

const row = (id: string, status = 'ok') => ({ id, status }) as ActivityRow;
const ids = (pages: ActivityRow[][]) => pages.map((page) => page.map(({ id, status }) => `${id}${status === 'ok' ? '' : '!'}`).join(' '));

describe('withNewest', () => {
  it('puts new rows first and replaces what has changed', () => {
    const pages = [
      [row('5'), row('4', 'delivering')],
      [row('3'), row('2')],
    ];
    expect(ids(withNewest(pages, [row('6'), row('5'), row('4')]))).toEqual(['6 5 4', '3 2']);
  });

  it('changes a row on an older page where it is', () => {
    expect(ids(withNewest([[row('5')], [row('4')]], [row('5'), row('4', 'error')]))).toEqual(['5', '4!']);
  });

  it('begins anew when there is a gap', () => {
    expect(ids(withNewest([[row('2')], [row('1')]], [row('9'), row('8')]))).toEqual(['9 8']);
  });

  it('begins with what is there', () => {
    expect(ids(withNewest([[]], [row('1')]))).toEqual(['1']);
    expect(ids(withNewest([[row('1')]], []))).toEqual(['1']);
  });
});
