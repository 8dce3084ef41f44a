import type { LedgerEvent } from '#lib/contract/events.ts';
import type { WorkspacePatch } from '#lib/contract/stream.ts';
import { COALESCE_MS } from '#lib/contract/stream.ts';
import type { WorkspaceCard } from '#lib/contract/workspaces.ts';

export type FeedItem = { kind: 'ledger'; event: LedgerEvent; workspace: WorkspaceCard | null } | { kind: 'beats'; items: WorkspacePatch[] };

/**
 * The doorbell inside this process: hands ledger rows on as they were committed, and live changes of workspaces
 * coalesced: the first after a quiet moment at once, later ones together every `COALESCE_MS`. The table is the truth;
 * whoever missed a ring reads it there.
 */
export class LiveFeed {
  readonly #listeners = new Set<(item: FeedItem) => void>();
  readonly #changed = new Set<string>();
  readonly #card: (id: string) => WorkspaceCard | null;
  readonly #patch: (id: string) => WorkspacePatch | null;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #immediate: ReturnType<typeof setImmediate> | null = null;
  #lastFlush = 0;
  #newestSeq: number;

  constructor(newestSeq: number, card: (id: string) => WorkspaceCard | null, patch: (id: string) => WorkspacePatch | null) {
    this.#newestSeq = newestSeq;
    this.#card = card;
    this.#patch = patch;
  }

  /** The newest ledger row that was handed on. */
  get newestSeq(): number {
    return this.#newestSeq;
  }

  subscribe(listener: (item: FeedItem) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  publish(events: readonly LedgerEvent[]): void {
    for (const event of events) {
      this.#newestSeq = Math.max(this.#newestSeq, event.seq);
      const workspace = event.workspace_id === null ? null : this.#card(event.workspace_id);
      this.#emit({ kind: 'ledger', event, workspace });
    }
  }

  changed(id: string): void {
    if (this.#listeners.size === 0) return;
    this.#changed.add(id);
    if (this.#timer !== null || this.#immediate !== null) return;
    const wait = this.#lastFlush + COALESCE_MS - performance.now();
    if (wait <= 0) this.#immediate = setImmediate(() => this.#flush());
    else this.#timer = setTimeout(() => this.#flush(), wait);
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (this.#immediate !== null) clearImmediate(this.#immediate);
    this.#timer = null;
    this.#immediate = null;
    this.#listeners.clear();
  }

  #flush(): void {
    this.#timer = null;
    this.#immediate = null;
    this.#lastFlush = performance.now();
    const items = [...this.#changed].flatMap((id) => this.#patch(id) ?? []);
    this.#changed.clear();
    if (items.length > 0) this.#emit({ kind: 'beats', items });
  }

  #emit(item: FeedItem): void {
    for (const listener of this.#listeners) listener(item);
  }
}
