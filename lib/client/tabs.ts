const NAME = 'canvas-inbox';
let channel: BroadcastChannel | null = null;

/** Told when a person changed their inbox or preferences in another tab of this browser. Until the answered function is called. */
export function hearTabs(listener: () => void): () => void {
  if (typeof BroadcastChannel === 'undefined') return () => undefined;
  const mine = new BroadcastChannel(NAME);
  mine.onmessage = listener;
  channel = mine;
  return () => {
    channel = null;
    mine.close();
  };
}

/** Tells the other tabs; reading and muting are private, so the stream does not. */
export function tellTabs(): void {
  channel?.postMessage(null);
}
