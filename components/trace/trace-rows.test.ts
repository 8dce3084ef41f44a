import { describe, expect, it } from 'vitest';
import { parentIndex, traceTree, visibleRows } from './trace-rows.ts';
import { traceSpan } from './trace-span.fixture.ts';

const spans = [
  traceSpan('a'),
  traceSpan('b', { parent_span_id: 'a' }),
  traceSpan('c', { parent_span_id: 'a' }),
  traceSpan('d', { parent_span_id: 'b' }),
  traceSpan('e', { parent_span_id: 'elsewhere' }),
];
const shape = (rows: ReturnType<typeof traceTree>) =>
  rows.map(({ span, depth, below, folded }) => `${' '.repeat(depth)}${span.span_id}${below}${folded ? '+' : ''}`);

describe('traceTree', () => {
  it('puts every span below the one that caused it', () => {
    expect(shape(traceTree(spans))).toEqual(['a3', ' b1', '  d0', ' c0', 'e0']);
  });

  it('shows each of a circle once', () => {
    const circle = [
      traceSpan('x', { parent_span_id: 'y' }),
      traceSpan('y', { parent_span_id: 'x' }),
      traceSpan('z', { parent_span_id: 'z' }),
    ];
    expect(shape(traceTree(circle))).toEqual(['x1', ' y0', 'z0']);
  });

  it('stands a chain of thousands', () => {
    const chain = Array.from({ length: 5_000 }, (_, n) => traceSpan(`s${n}`, n === 0 ? {} : { parent_span_id: `s${n - 1}` }));
    const rows = traceTree(chain);
    expect(rows).toHaveLength(5_000);
    expect(rows[0]?.below).toBe(4_999);
    expect(rows.at(-1)?.depth).toBe(4_999);
  });
});

describe('visibleRows', () => {
  it('leaves out what is below a folded one', () => {
    expect(shape(visibleRows(traceTree(spans), new Set(['b'])))).toEqual(['a3', ' b1+', ' c0', 'e0']);
    expect(shape(visibleRows(traceTree(spans), new Set(['a', 'b', 'e'])))).toEqual(['a3+', 'e0']);
  });
});

it('finds the parent of a row', () => {
  const rows = traceTree(spans);
  expect(rows.map((_, at) => parentIndex(rows, at))).toEqual([-1, 0, 1, 0, -1]);
});
