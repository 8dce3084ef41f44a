/** What the sheet over the page is about: a workspace, whether only its drain is meant, and the run to look at once there is one. */
export interface SheetPlace {
  id: string;
  drain: boolean;
  run: string | null;
}

const PARAMS = { id: 'restart', drain: 'drain', run: 'run' } as const;
/** Marks a history entry that opening the sheet made, so that closing it can go back instead of leaving two alike. */
const MARK = 'canvasSheet';

export function readSheetPlace(search: string): SheetPlace | null {
  const params = new URLSearchParams(search);
  const id = params.get(PARAMS.id) ?? '';
  if (id === '') return null;
  return { id: id.slice(0, 64), drain: params.get(PARAMS.drain) === '1', run: params.get(PARAMS.run) };
}

/** The same address with the sheet at `place`, or without it. */
export function sheetAddress(href: string, place: SheetPlace | null): string {
  const url = new URL(href);
  for (const name of Object.values(PARAMS)) url.searchParams.delete(name);
  if (place !== null) {
    url.searchParams.set(PARAMS.id, place.id);
    if (place.drain) url.searchParams.set(PARAMS.drain, '1');
    if (place.run !== null) url.searchParams.set(PARAMS.run, place.run);
  }
  return `${url.pathname}${url.search}${url.hash}`;
}

/**
 * Which sheet is open lives in the address: a reload, a link and the back button know it too. Opening makes an entry in
 * the history, so that going back closes; everything else changes the entry it is in.
 */
function createRestartSheet() {
  let place: SheetPlace | null = null;
  /** Going back is on its way: until it has arrived the address still has the sheet that was closed. */
  let leaving = false;
  const listeners = new Set<() => void>();
  const show = (next: SheetPlace | null) => {
    if (next?.id === place?.id && next?.drain === place?.drain && next?.run === place?.run) return;
    place = next;
    for (const listener of listeners) listener();
  };
  const sync = () => {
    if (!leaving) show(readSheetPlace(location.search));
  };
  const arrived = () => {
    leaving = false;
    sync();
  };
  return {
    read: () => place,
    subscribe(listener: () => void) {
      if (listeners.size === 0) addEventListener('popstate', arrived);
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) removeEventListener('popstate', arrived);
      };
    },
    /** Reads the address again, after somebody else changed it. */
    sync,
    open(id: string, drain = false) {
      const next = { id, drain, run: null };
      if (place === null) history.pushState({ [MARK]: true }, '', sheetAddress(location.href, next));
      else history.replaceState({ [MARK]: isMine() }, '', sheetAddress(location.href, next));
      show(next);
    },
    /** From now on the sheet shows this run, also after it has ended; null: it asks again. */
    follow(run: string | null) {
      if (place === null || place.run === run) return;
      const next = { ...place, run };
      history.replaceState({ [MARK]: isMine() }, '', sheetAddress(location.href, next));
      show(next);
    },
    close() {
      if (place === null) return;
      show(null);
      if (isMine()) {
        leaving = true;
        history.back();
      } else history.replaceState(null, '', sheetAddress(location.href, null));
    },
  };
}

function isMine(): boolean {
  const state: unknown = history.state;
  return typeof state === 'object' && state !== null && (state as Record<string, unknown>)[MARK] === true;
}

export const restartSheet = createRestartSheet();
