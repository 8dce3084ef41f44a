import type { StreamFrame } from '#lib/contract/stream.ts';
import { type EventStream, type LiveMark, openEventStream, SILENCE_MS } from './event-stream.ts';

/**
 * One stream for all tabs of this browser.
 *
 * - `queued`  another tab leads (or none does yet); this one listens to the channel. Ends when the lock is granted (→ leading).
 * - `leading` this tab holds the lock, owns the connection and tells the others all it hears. Ends with `close`, or when a
 *             tab that heard nothing for too long takes the lock away (→ queued).
 * - `alone`   no locks here (a page that is not from a secure origin): its own connection, shared with nobody.
 */
const LOCK = 'canvas-stream';
const CHANNEL = 'canvas-stream';
/** A leader is silent for longer than a stream may be only when it hangs. */
const LEADER_SILENCE_MS = SILENCE_MS + 10_000;

type Message =
  | { kind: 'frame'; frame: StreamFrame }
  | { kind: 'mark'; mark: LiveMark }
  | { kind: 'ping' }
  | { kind: 'poll' }
  | { kind: 'asking' };

export interface SharedStreamOptions {
  position(): string | null;
  onFrame(frame: StreamFrame): void;
  onMark(mark: LiveMark): void;
  /** Everything must be fetched: the stream began, came back, was reset, or cannot be had at the moment. Rejects when nothing could be fetched. */
  onCatchUp(): Promise<unknown>;
  onRefused(status: number): void;
}

export function openSharedStream(options: SharedStreamOptions): EventStream {
  const { onFrame, onMark, onCatchUp, position, onRefused } = options;
  // A catch-up that fails is not lost: the stream that broke it reconnects, and asks again.
  const catchUp = () => void onCatchUp().catch(() => undefined);
  const hear = (frame: StreamFrame) => {
    onFrame(frame);
    if (frame.name === 'hello' || frame.name === 'reset') catchUp();
  };
  const connect = (tell: (message: Message) => void): EventStream =>
    openEventStream({
      url: '/events',
      position,
      onRefused,
      onFrame: (frame) => {
        tell({ kind: 'frame', frame });
        hear(frame);
      },
      onMark: (mark) => {
        tell({ kind: 'mark', mark });
        onMark(mark);
      },
      onPing: () => tell({ kind: 'ping' }),
      poll: () => {
        tell({ kind: 'poll' });
        return onCatchUp();
      },
    });

  if (!('locks' in navigator) || typeof BroadcastChannel === 'undefined') return connect(() => undefined);

  const channel = new BroadcastChannel(CHANNEL);
  const closing = new AbortController();
  let stream: EventStream | null = null;
  let mark: LiveMark = 'reconnecting';
  let heardAt = Date.now();
  let caughtUp = false;

  const lead = async () => {
    if (closing.signal.aborted) return;
    stream = connect((message) => {
      if (message.kind === 'mark') mark = message.mark;
      channel.postMessage(message);
    });
    await new Promise<void>((resolve) => closing.signal.addEventListener('abort', () => resolve(), { once: true }));
  };
  const queue = (steal: boolean) => {
    const asked = steal
      ? navigator.locks.request(LOCK, { steal: true }, lead)
      : navigator.locks.request(LOCK, { signal: closing.signal }, lead);
    asked.catch(() => {
      stream?.close();
      stream = null;
      if (!closing.signal.aborted) queue(false);
    });
  };

  channel.onmessage = ({ data }: MessageEvent<Message>) => {
    if (data.kind === 'asking') {
      if (stream) channel.postMessage({ kind: 'mark', mark } satisfies Message);
      return;
    }
    if (stream) return;
    heardAt = Date.now();
    if (data.kind === 'frame') hear(data.frame);
    else if (data.kind === 'poll') catchUp();
    else if (data.kind === 'mark') {
      onMark(data.mark);
      if (!caughtUp) catchUp();
      caughtUp = true;
    }
  };
  const watch = setInterval(() => {
    if (stream || Date.now() - heardAt < LEADER_SILENCE_MS) return;
    heardAt = Date.now();
    queue(true);
  }, SILENCE_MS / 4);

  queue(false);
  channel.postMessage({ kind: 'asking' } satisfies Message);
  return {
    wake: () => stream?.wake(),
    close() {
      clearInterval(watch);
      closing.abort();
      stream?.close();
      channel.close();
    },
  };
}
