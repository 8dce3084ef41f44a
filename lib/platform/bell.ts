/** Wakes one waiter, also when it rang before the waiter sat down. */
export class Bell {
  #count = 0;
  #due: number | null = null;
  #wake: (() => void) | null = null;

  /** How often it rang. */
  get count(): number {
    return this.#count;
  }

  ring(): void {
    this.#count += 1;
    this.#wake?.();
  }

  /** Rings when the waiter's time has come by the platform's clock. */
  ringIfDue(now: number): void {
    if (this.#due !== null && now >= this.#due) this.ring();
  }

  /** Resolves at the next ring, at once when it rang after `heard`; `until` is for `ringIfDue`. */
  async wait(heard: number, until: number | null): Promise<void> {
    if (this.#count !== heard) return;
    this.#due = until;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    this.#wake = null;
    this.#due = null;
  }
}
