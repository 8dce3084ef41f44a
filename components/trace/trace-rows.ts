import type { TraceSpan } from '#lib/contract/traces.ts';

/** A span at its place in the tree, in the order shown. */
export interface TraceRow {
  span: TraceSpan;
  depth: number;
  /** How many are below it, at any depth; 0: it caused none. */
  below: number;
  folded: boolean;
}

/** The spans as a tree, each parent before its children. A span whose parent is not there, or that is its own ancestor, is a root. */
export function traceTree(spans: readonly TraceSpan[]): TraceRow[] {
  const known = new Set(spans.map(({ span_id }) => span_id));
  const children = new Map<string | null, TraceSpan[]>();
  for (const span of spans) {
    const parent = span.parent_span_id !== null && known.has(span.parent_span_id) ? span.parent_span_id : null;
    const list = children.get(parent);
    if (list === undefined) children.set(parent, [span]);
    else list.push(span);
  }
  const rows: TraceRow[] = [];
  const placed = new Set<string>();
  const place = (root: TraceSpan) => {
    // Its own stack: a chain of thousands is deeper than the engine's.
    const stack = [{ span: root, depth: 0 }];
    for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
      const { span, depth } = next;
      if (placed.has(span.span_id)) continue;
      placed.add(span.span_id);
      rows.push({ span, depth, below: 0, folded: false });
      for (const child of children.get(span.span_id)?.toReversed() ?? []) stack.push({ span: child, depth: depth + 1 });
    }
  };
  for (const root of children.get(null) ?? []) place(root);
  for (const span of spans) place(span);
  countBelow(rows);
  return rows;
}

function countBelow(rows: TraceRow[]): void {
  const open: { row: TraceRow; at: number }[] = [];
  const close = (depth: number, end: number) => {
    while (open.length > 0 && (open.at(-1)?.row.depth ?? -1) >= depth) {
      const { row, at } = open.pop() as { row: TraceRow; at: number };
      row.below = end - at - 1;
    }
  };
  rows.forEach((row, at) => {
    close(row.depth, at);
    open.push({ row, at });
  });
  close(0, rows.length);
}

/** Without what is below folded ones. */
export function visibleRows(tree: readonly TraceRow[], folded: ReadonlySet<string>): TraceRow[] {
  const rows: TraceRow[] = [];
  for (let at = 0; at < tree.length; at++) {
    const row = tree[at] as TraceRow;
    const shut = row.below > 0 && folded.has(row.span.span_id);
    rows.push(shut ? { ...row, folded: true } : row);
    if (shut) at += row.below;
  }
  return rows;
}

/** Where the row's parent is; -1: it is a root. */
export function parentIndex(rows: readonly TraceRow[], at: number): number {
  const depth = rows[at]?.depth ?? 0;
  for (let i = at - 1; i >= 0 && depth > 0; i--) if ((rows[i] as TraceRow).depth < depth) return i;
  return -1;
}
