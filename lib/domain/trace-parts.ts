import type { SpanPart } from '#lib/contract/traces.ts';

/** What the parts of a span are told from. Times in epoch ms. */
export interface SpanStamps {
  created_at: number;
  /** When it was first with the agent, where that is known, and when it was last. */
  first_at: number | null;
  last_at: number | null;
  ended_at: number | null;
  /** It is with the agent now, or ended there. */
  atWork: boolean;
  /** It waits, and its target cannot take it. */
  held: boolean;
  /** The restart run that held it back. */
  run: { id: string; from: number; to: number | null } | null;
}

/**
 * Waiting, held and working, in order and without gaps, from its beginning to its end (or now: `to` null). A restart that
 * held it back is held from its beginning to its end, as far as the span did not work then for the last time.
 */
export function partsOf({ created_at, first_at, last_at, ended_at, atWork, held, run }: SpanStamps): SpanPart[] {
  const open = Number.POSITIVE_INFINITY;
  const end = ended_at ?? open;
  const clamp = (at: number) => Math.min(Math.max(at, created_at), end);
  const lastWork = atWork && last_at !== null ? clamp(last_at) : end;
  const firstWork = first_at === null ? lastWork : Math.min(clamp(first_at), lastWork);
  // The run that held it began while it waited or worked, and was over before it worked for the last time.
  const from = run ? Math.min(Math.max(clamp(run.from), created_at), lastWork) : held && !atWork ? firstWork : lastWork;
  const heldFrom = run ? from : held && !atWork ? (first_at === null ? created_at : firstWork) : lastWork;
  const heldTo = run ? Math.min(clamp(run.to ?? open), lastWork) : lastWork;
  const kindAt = (at: number): SpanPart['kind'] => {
    if (at >= heldFrom && at < heldTo) return 'held';
    if (at >= lastWork) return 'working';
    return at >= firstWork && at < heldFrom ? 'working' : 'waiting';
  };
  const edges = [...new Set([created_at, firstWork, heldFrom, heldTo, lastWork, end])].sort((a, b) => a - b);
  const parts: SpanPart[] = [];
  for (const [index, at] of edges.slice(0, -1).entries()) {
    const to = edges[index + 1] ?? end;
    const kind = kindAt(at);
    const before = parts.at(-1);
    if (before?.kind === kind) before.to = to === open ? null : to;
    else parts.push({ kind, from: at, to: to === open ? null : to, run_id: kind === 'held' ? (run?.id ?? null) : null });
  }
  return parts;
}
