import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inOrder } from './trace-order.ts';

const span = (span_id: string, parent_span_id: string | null, started_at: number) => ({ span_id, parent_span_id, started_at });
const ids = (spans: ReturnType<typeof span>[]) => inOrder(spans).map(({ span_id }) => span_id);

test('parents come before their children, then it goes by time', () => {
  expect(ids([span('c', 'b', 3), span('a', null, 1), span('d', 'a', 2), span('b', 'a', 2)])).toEqual(['a', 'b', 'd', 'c']);
});

test('also when the clock was set back, and when a parent is unknown', () => {
  expect(ids([span('b', 'a', 1), span('a', null, 5), span('x', 'gone', 2)])).toEqual(['x', 'a', 'b']);
});

test('a circle and a span that is its own parent end', () => {
  expect(ids([span('a', 'b', 1), span('b', 'a', 2), span('c', 'c', 3)]).sort()).toEqual(['a', 'b', 'c']);
});

test('any forest: every parent before its child, nothing lost; a long chain is no trouble', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(1000), fc.nat(20)), { maxLength: 40 }), (given) => {
      const spans = given.map(([at, back], index) => span(`s${index}`, index === 0 ? null : `s${Math.max(0, index - 1 - back)}`, at));
      const order = ids(spans);
      expect([...order].sort()).toEqual(spans.map(({ span_id }) => span_id).sort());
      for (const { span_id, parent_span_id } of spans) {
        if (parent_span_id !== null) expect(order.indexOf(parent_span_id)).toBeLessThan(order.indexOf(span_id));
      }
    }),
  );
  const chain = Array.from({ length: 20_000 }, (_, index) => span(`s${index}`, index === 0 ? null : `s${index - 1}`, 20_000 - index));
  expect(ids(chain.reverse())[19_999]).toBe('s19999');
});
