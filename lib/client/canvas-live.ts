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

/** The page's live connection: started once, told where it stands, heard by whoever must catch up. */
export interface CanvasLive {
  start(): () => void;
  /** First data of a page: where the stream may resume, if that is known, and the platform's clock. */
  seed(position: string | null, now: number): void;
  onCatchUp(load: Load): () => void;
  onLedger(listener: LedgerListener): () => void;
  mark(): LiveMark;
  /** When the mark last left `live`; null while it is live. Milliseconds of the page's clock. */
  lostAt(): number | null;
  subscribeMark(listener: () => void): () => void;
  wantBars(id: string): void;
}

export function createCanvasLive(client: QueryClient): CanvasLive {
  const loads = new Map<Load, AbortController | null>();
  const ledgerListeners = new Set<LedgerListener>();
  const markListeners = new Set<() => void>();
  let position: string | null = null;
  let mark: LiveMark = 'live';
  let lostAt: number | null = null;
  let ready = false;

  const catchUp = (load: Load) => {
    loads.get(load)?.abort();
    const mine = new AbortController();
    loads.set(load, mine);
    return load(mine.signal);
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
          if (mark === 'live') lostAt = pageClock.now();
          else if (next === 'live') lostAt = null;
          mark = next;
          for (const listener of markListeners) listener();
        },
        onCatchUp() {
          ready = true;
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
    subscribeMark(listener) {
      markListeners.add(listener);
      return () => markListeners.delete(listener);
    },
    wantBars: createBarsLoader(client),
  };
}
