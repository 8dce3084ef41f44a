import type { QueryClient } from '@tanstack/react-query';
import type { LedgerEvent } from '#lib/contract/events.ts';
import type { WorkspaceCard } from '#lib/contract/workspaces.ts';
import { pageClock } from './clock.ts';
import type { EventStream, LiveMark } from './event-stream.ts';
import { patchFleet } from './fleet-cache.ts';
import { createBarsLoader } from './load-fleet.ts';
import { openSharedStream } from './shared-stream.ts';
import { watchWaking } from './watch-waking.ts';

type Load = (signal: AbortSignal) => Promise<void>;
type LedgerListener = (event: LedgerEvent, workspace: WorkspaceCard | null) => void;
/** `connecting` until something is known of the stream for the first time. */
export type PageMark = LiveMark | 'connecting';

/** The page's live connection: started once, told where it stands, heard by whoever must catch up. */
export interface CanvasLive {
  start(): () => void;
  /** First data of a page: where the stream may resume, if that is known, and the platform's clock. */
  seed(position: string | null, now: number): void;
  onCatchUp(load: Load): () => void;
  onLedger(listener: LedgerListener): () => void;
  mark(): PageMark;
  /** Whether everything that may have been missed was fetched: false before the first catch-up and during each. */
  caughtUp(): boolean;
  /** When the connection was lost; null while there is one. Milliseconds of the page's clock. */
  lostAt(): number | null;
  subscribe(listener: () => void): () => void;
  wantBars(id: string): void;
}

export function createCanvasLive(client: QueryClient): CanvasLive {
  const loads = new Map<Load, AbortController | null>();
  const ledgerListeners = new Set<LedgerListener>();
  const listeners = new Set<() => void>();
  let position: string | null = null;
  let mark: PageMark = 'connecting';
  let lostAt: number | null = null;
  let ready = false;
  let loading = 0;

  const changed = () => {
    for (const listener of listeners) listener();
  };
  const catchUp = async (load: Load) => {
    loads.get(load)?.abort();
    const mine = new AbortController();
    loads.set(load, mine);
    loading += 1;
    changed();
    try {
      await load(mine.signal);
    } finally {
      loading -= 1;
      changed();
    }
  };

  return {
    start() {
      let stream: EventStream | null = openSharedStream({
        position: () => position,
        onFrame(frame) {
          pageClock.learn(frame.data.now);
          position = patchFleet(client, frame).position ?? position;
          if (frame.name === 'ledger') for (const listener of ledgerListeners) listener(frame.data.event, frame.data.workspace);
        },
        onMark(next) {
          if (next === mark) return;
          if (next === 'live') lostAt = null;
          else lostAt ??= pageClock.now();
          mark = next;
          changed();
        },
        onCatchUp() {
          ready = true;
          changed();
          return Promise.all([...loads.keys()].map(catchUp));
        },
        onRefused: () => location.assign('/sign-in'),
      });
      const unwatch = watchWaking(() => stream?.wake());
      return () => {
        unwatch();
        stream?.close();
        stream = null;
        ready = false;
      };
    },
    seed(from, now) {
      position ??= from;
      pageClock.learn(now);
    },
    onCatchUp(load) {
      loads.set(load, null);
      if (ready) void catchUp(load).catch(() => undefined);
      return () => {
        loads.get(load)?.abort();
        loads.delete(load);
      };
    },
    onLedger(listener) {
      ledgerListeners.add(listener);
      return () => ledgerListeners.delete(listener);
    },
    mark: () => mark,
    lostAt: () => lostAt,
    caughtUp: () => ready && loading === 0,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    wantBars: createBarsLoader(client),
  };
}
