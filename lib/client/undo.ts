/** Something that was done and can be taken back. */
export interface Undoable {
  id: number;
  text: string;
  /** Rejects when it cannot be taken back, and says why. */
  undo: () => Promise<unknown>;
}

const OFFERED_MS = 8_000;

/** The newest thing that can be taken back, offered for eight seconds. */
export function createUndo() {
  let offered: Undoable | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let nextId = 1;
  const listeners = new Set<() => void>();
  const show = (next: Undoable | null) => {
    clearTimeout(timer);
    offered = next;
    if (next !== null) timer = setTimeout(() => show(null), OFFERED_MS);
    for (const listener of listeners) listener();
  };
  return {
    read: () => offered,
    subscribe(listener: () => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    offer: (text: string, undo: () => Promise<unknown>) => show({ id: nextId++, text, undo }),
    dismiss: () => show(null),
    /** Takes it from the offer: it is undone once, however often that is asked for. Null: nothing is offered. */
    take() {
      const taken = offered;
      if (taken !== null) show(null);
      return taken;
    },
  };
}

export const pageUndo = createUndo();
