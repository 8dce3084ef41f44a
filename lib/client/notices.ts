export interface Notice {
  id: number;
  text: string;
  failed: boolean;
}

const SHOWN_MS = 7_000;
const MOST = 3;

/** Short messages about what a person did, the newest last. A refusal stays until it is dismissed. */
function createNotices() {
  let list: readonly Notice[] = [];
  let nextId = 1;
  const listeners = new Set<() => void>();
  const change = (next: readonly Notice[]) => {
    list = next;
    for (const listener of listeners) listener();
  };
  const dismiss = (id: number) => change(list.filter((notice) => notice.id !== id));
  return {
    read: () => list,
    subscribe(listener: () => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    dismiss,
    say(text: string) {
      const id = nextId++;
      change([...list, { id, text, failed: false }].slice(-MOST));
      setTimeout(() => dismiss(id), SHOWN_MS);
    },
    fail(text: string) {
      change([...list, { id: nextId++, text, failed: true }].slice(-MOST));
    },
  };
}

export const pageNotices = createNotices();
