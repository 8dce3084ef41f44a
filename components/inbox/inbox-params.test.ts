import { describe, expect, it } from 'vitest';
import { inboxAddress, incidentOf, readInboxFilter } from './inbox-params.ts';

const read = (query: string) => {
  const params = new URLSearchParams(query);
  return readInboxFilter((name) => params.get(name));
};

describe('the address of the inbox', () => {
  it.each([
    ['', { view: 'unread', workspace: null, kind: null }],
    ['view=open&workspace=w-1&kind=wedged', { view: 'open', workspace: 'w-1', kind: 'wedged' }],
    ['view=everything&workspace=&kind=toString', { view: 'unread', workspace: null, kind: null }],
  ])('reads %j', (query, filter) => {
    expect(read(query)).toEqual(filter);
  });

  it.each([
    ['/inbox', null],
    ['/inbox?view=mine&kind=offline', null],
    ['/inbox/01a%2F..?view=all&workspace=a+b', '01a/..'],
  ])('writes %s as it was read', (address, incident) => {
    const { pathname, search } = new URL(address, 'http://canvas.invalid');
    expect(incidentOf(pathname)).toBe(incident);
    expect(inboxAddress(read(search), incident)).toBe(address);
  });
});
