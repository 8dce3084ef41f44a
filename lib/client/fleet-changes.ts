import type { QueryClient } from '@tanstack/react-query';

export interface FleetChanges {
  subscribe(listener: () => void): () => void;
  /** Grows when something in the fleet changed since it was last asked for. */
  version(): number;
  /** Tells how long the last look at the whole fleet took, in milliseconds: looks are spaced so that they stay a small share of the time. */
  cost(ms: number): void;
}

const SHORTEST_MS = 400;
const COST_FACTOR = 25;

/** Tells, a few times a second at most, that any workspace changed: for what is made from all of them (order, counts). */
export function createFleetChanges(client: QueryClient): FleetChanges {
  let version = 0;
  let wait = SHORTEST_MS;
  let lastAt = Number.NEGATIVE_INFINITY;
  let timer: ReturnType<typeof setTimeout> | null = null;
  const listeners = new Set<() => void>();
  const bump = () => {
    timer = null;
    lastAt = performance.now();
    version += 1;
    for (const listener of listeners) listener();
  };
  const dirty = () => {
    timer ??= setTimeout(bump, Math.max(0, lastAt + wait - performance.now()));
  };
  let unsubscribe: (() => void) | null = null;
  return {
    subscribe(listener) {
      listeners.add(listener);
      unsubscribe ??= client.getQueryCache().subscribe((event) => {
        const root = event.query.queryKey[0];
        if ((event.type === 'updated' || event.type === 'removed') && (root === 'workspace' || root === 'fleet')) dirty();
      });
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        unsubscribe?.();
        unsubscribe = null;
        if (timer !== null) clearTimeout(timer);
        timer = null;
      };
    },
    version: () => version,
    cost: (ms) => {
      wait = Math.max(SHORTEST_MS, ms * COST_FACTOR);
    },
  };
}
