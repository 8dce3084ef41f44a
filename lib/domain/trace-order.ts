import type { TraceSpan } from '#lib/contract/traces.ts';

/**
 * Parents before children, then by time. A child that says it began before its parent (the clock was set back) comes after
 * it still; of spans that name each other as parents in a circle, none goes before the circle's beginning.
 */
export function inOrder<T extends Pick<TraceSpan, 'span_id' | 'parent_span_id' | 'started_at'>>(spans: readonly T[]): T[] {
  const bySpan = new Map(spans.map((span) => [span.span_id, span]));
  const places = new Map<string, { at: number; depth: number }>();
  const placeOf = (span: T): { at: number; depth: number } => {
    const path: T[] = [];
    const onPath = new Set<string>();
    let at: T | undefined = span;
    while (at && !places.has(at.span_id) && !onPath.has(at.span_id)) {
      path.push(at);
      onPath.add(at.span_id);
      at = at.parent_span_id === null ? undefined : bySpan.get(at.parent_span_id);
    }
    for (const one of path.reverse()) {
      const parent = one.parent_span_id === null ? undefined : places.get(one.parent_span_id);
      places.set(one.span_id, { at: Math.max(one.started_at, parent?.at ?? 0), depth: (parent?.depth ?? 0) + 1 });
    }
    return places.get(span.span_id) ?? { at: span.started_at, depth: 0 };
  };
  return [...spans]
    .map((span) => ({ span, ...placeOf(span) }))
    .sort((a, b) => a.at - b.at || a.depth - b.depth || (a.span.span_id < b.span.span_id ? -1 : 1))
    .map(({ span }) => span);
}
