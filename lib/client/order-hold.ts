/**
 * Whether the order of the fleet must stand still: while a person points at it, types, or has something open over it.
 * Whoever needs it takes a hold and gives it back; the order moves when nobody holds it.
 */
export interface OrderHold {
  take(): () => void;
  held(): boolean;
  /** Told when the last hold is given back. */
  onRelease(listener: () => void): () => void;
}

export function createOrderHold(): OrderHold {
  let holds = 0;
  const listeners = new Set<() => void>();
  return {
    take() {
      holds += 1;
      let mine = true;
      return () => {
        if (!mine) return;
        mine = false;
        holds -= 1;
        if (holds === 0) for (const listener of listeners) listener();
      };
    },
    held: () => holds > 0,
    onRelease(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

export const pageHold = createOrderHold();
