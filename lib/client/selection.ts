/**
 * Which workspaces are selected, and whether selecting is on at all. Off: nothing is selected, and cards show no boxes.
 * Selecting one turns it on; leaving it forgets them.
 */
export interface Selection {
  isOn(): boolean;
  turnOn(): void;
  turnOff(): void;
  has(id: string): boolean;
  toggle(id: string): void;
  /** In the order in which they were selected. The same array until something changes. */
  ids(): readonly string[];
  subscribe(listener: () => void): () => void;
}

const NONE: readonly string[] = [];

export function createSelection(): Selection {
  let on = false;
  let chosen = new Set<string>();
  let ids = NONE;
  const listeners = new Set<() => void>();
  const change = (nextOn: boolean, next: Set<string>) => {
    on = nextOn;
    chosen = next;
    ids = next.size === 0 ? NONE : [...next];
    for (const listener of listeners) listener();
  };
  return {
    isOn: () => on,
    turnOn: () => change(true, chosen),
    turnOff: () => change(false, new Set()),
    has: (id) => chosen.has(id),
    toggle(id) {
      const next = new Set(chosen);
      if (!next.delete(id)) next.add(id);
      change(true, next);
    },
    ids: () => ids,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** What is selected in the fleet. It outlives a look at a workspace's page, not a reload. */
export const fleetSelection = createSelection();
