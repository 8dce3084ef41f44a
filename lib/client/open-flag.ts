/** Something that is open or not, told to whoever draws it. */
export interface OpenFlag {
  isOpen(): boolean;
  open(): void;
  close(): void;
  subscribe(listener: () => void): () => void;
}

export function createOpenFlag(): OpenFlag {
  let open = false;
  const listeners = new Set<() => void>();
  const set = (next: boolean) => {
    if (next === open) return;
    open = next;
    for (const listener of listeners) listener();
  };
  return {
    isOpen: () => open,
    open: () => set(true),
    close: () => set(false),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** The dialog to connect an agent: asked for from the header and from an empty fleet. */
export const connectDialog = createOpenFlag();
/** One's own API tokens. */
export const apiTokensDialog = createOpenFlag();
/** The list of keys. */
export const keysHelp = createOpenFlag();
