import { expect, it } from 'vitest';
import { activityAddress, activityFilterOf, readActivityPlace } from './activity-params.ts';

const read = (text: string) => {
  const params = new URLSearchParams(text);
  return readActivityPlace((name) => params.get(name));
};

it.each(['/w/1?show=activity', '/w/1?show=activity&type=error&peer=w-2&q=a+b'])('%s means the same again', (address) => {
  expect(activityAddress('/w/1', read(address.split('?')[1] ?? ''))).toBe(address);
});

it('leaves out what means nothing', () => {
  expect(read(`type=toString&peer=${'x'.repeat(65)}`)).toEqual({ type: null, peer: '', q: '' });
  expect(activityFilterOf(read('q=%20'))).toEqual({});
  expect(activityFilterOf(read('type=a2a_send&peer=w-2&q=x'))).toEqual({ type: 'a2a_send', peer_id: 'w-2', q: 'x' });
});
