const CHECK_EVERY_MS = 4_000;
/** A timer that is later than this was not late by load: the computer slept, or the browser froze the page. */
const GAP_MS = 12_000;

/** Calls `onWake` when the page may have been away: shown again, back online, restored, or after a gap in its own time. */
export function watchWaking(onWake: () => void): () => void {
  let last = Date.now();
  const timer = setInterval(() => {
    const now = Date.now();
    if (now - last > GAP_MS) onWake();
    last = now;
  }, CHECK_EVERY_MS);
  const shown = () => {
    if (document.visibilityState === 'visible') onWake();
  };
  document.addEventListener('visibilitychange', shown);
  addEventListener('online', onWake);
  addEventListener('pageshow', onWake);
  return () => {
    clearInterval(timer);
    document.removeEventListener('visibilitychange', shown);
    removeEventListener('online', onWake);
    removeEventListener('pageshow', onWake);
  };
}
