/**
 * Whether the agent says of itself that it is stuck. The first reason wins: what came after it is most likely its
 * consequence, and the banner must name the cause.
 */
export class Wedge {
  /** Became stuck, or is no longer. */
  onChange: () => void = () => {};
  #reason: string | null = null;

  get reason(): string | null {
    return this.#reason;
  }

  mark(reason: string): void {
    if (this.#reason !== null) return;
    this.#reason = reason.trim() === '' ? 'the agent is stuck and gave no reason' : reason;
    this.onChange();
  }

  clear(): void {
    if (this.#reason === null) return;
    this.#reason = null;
    this.onChange();
  }
}
