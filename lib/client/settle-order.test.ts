import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createOrderHold } from './order-hold.ts';
import { settleOrder } from './settle-order.ts';

const ids = fc.uniqueArray(fc.constantFrom(...'abcdefgh'), { maxLength: 8 });

describe('settleOrder', () => {
  it('takes the wanted order when nobody holds it', () => {
    expect(settleOrder(['a', 'b'], ['b', 'a'], false)).toEqual(['b', 'a']);
  });

  it('stays the same object when the order is the same', () => {
    const shown = ['a', 'b'];
    expect(settleOrder(shown, ['a', 'b'], false)).toBe(shown);
    expect(settleOrder(shown, ['b', 'a'], true)).toBe(shown);
  });

  it('while held moves nobody who stays, drops who is gone, and adds who is new at the end', () => {
    fc.assert(
      fc.property(ids, ids, (shown, wanted) => {
        const settled = settleOrder(shown, wanted, true);
        expect([...settled].sort()).toEqual([...wanted].sort());
        const stayed = shown.filter((id) => wanted.includes(id));
        expect(settled.slice(0, stayed.length)).toEqual(stayed);
      }),
    );
  });
});

describe('order hold', () => {
  it('is held until the last one lets go, and each lets go once', () => {
    const hold = createOrderHold();
    let released = 0;
    hold.onRelease(() => {
      released += 1;
    });
    const first = hold.take();
    const second = hold.take();
    first();
    first();
    expect(hold.held()).toBe(true);
    expect(released).toBe(0);
    second();
    expect(hold.held()).toBe(false);
    expect(released).toBe(1);
  });
});
