/** The caller of a streamed answer. */
export interface EventSink {
  /** Begins the answer; what comes later comes in it. */
  open(): void;
  /** Sends one event; resolves when the caller has room for more, or is gone. */
  send(event: Record<string, unknown>): Promise<void>;
  /** The caller left. */
  readonly gone: AbortSignal;
}
