import { describe, expect, it } from 'vitest';
import type { InboxItem } from '#lib/contract/inbox.ts';
import type { Severity } from '#lib/contract/incidents.ts';
import { addToasts, dropToast, NO_TOASTS, toastWords } from './toast-list.ts';

const item = (id: string, severity: Severity = 'warning', title = id) => ({ id, severity, title }) as InboxItem;
const ids = (list: readonly InboxItem[]) => list.map(({ id }) => id).join('');

describe('toasts', () => {
  it('shows three at most and counts the others, the worst first', () => {
    const list = addToasts(NO_TOASTS, [item('a'), item('b'), item('c'), item('d', 'critical'), item('e')]);
    expect(ids(list.shown)).toBe('dab');
    expect(list.more).toBe(2);
  });

  it('renews one that is shown, in its place', () => {
    const list = addToasts(addToasts(NO_TOASTS, [item('a'), item('b')]), [item('a', 'warning', 'again')]);
    expect(list.shown.map(({ title }) => title)).toEqual(['again', 'b']);
    expect(list.more).toBe(0);
  });

  it('shows what is critical in the place of what is not, and counts that one', () => {
    const full = addToasts(NO_TOASTS, [item('a', 'critical'), item('b'), item('c')]);
    const list = addToasts(full, [item('d', 'critical'), item('e')]);
    expect(ids(list.shown)).toBe('adc');
    expect(list.more).toBe(2);
    const all = addToasts(list, [item('f', 'critical'), item('g', 'critical')]);
    expect(ids(all.shown)).toBe('adf');
    expect(all.more).toBe(4);
  });

  it('counts on while it is full, and forgets with the last one', () => {
    const full = addToasts(addToasts(NO_TOASTS, [item('a'), item('b'), item('c')]), [item('d')]);
    expect(full.more).toBe(1);
    const left = dropToast(dropToast(full, 'a'), 'b');
    expect(left).toMatchObject({ more: 1 });
    expect(dropToast(left, 'c')).toBe(NO_TOASTS);
  });

  it('says few by name and many by number', () => {
    expect(toastWords([])).toBe('');
    expect(toastWords([item('a')])).toBe('New in the inbox: a');
    expect(toastWords([item('a'), item('b'), item('c')])).toBe('3 new in the inbox, the first: a');
  });
});
