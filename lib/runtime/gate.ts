import { CanvasError } from '#lib/contract/errors.ts';

/** Whether new work may begin: messages ask for a refusal, work that the agent gives itself waits until it is open. */
export class Gate {
  #closed: 'draining' | 'stopping' | null = null;
  #waiting: { go: () => void; giveUp: (why: CanvasError) => void }[] = [];

  /** Why nothing new is taken now, to be sent back to who asked; null while it is open. */
  get refusal(): CanvasError | null {
    if (this.#closed === null) return null;
    return new CanvasError(
      'draining',
      this.#closed === 'stopping'
        ? 'This workspace is stopping and takes no new messages: send it again in a moment'
        : 'This workspace finishes what is at work before a restart and takes no new messages: send it again in a moment',
    );
  }

  get isOpen(): boolean {
    return this.#closed === null;
  }

  closeToDrain(): void {
    if (this.#closed === null) this.#closed = 'draining';
  }

  /** Lets those in who wait. Closed for good, it stays closed. */
  reopen(): void {
    if (this.#closed !== 'draining') return;
    this.#closed = null;
    for (const { go } of this.#waiting.splice(0)) go();
  }

  /** For good: those who wait are sent away. */
  closeToStop(): void {
    this.#closed = 'stopping';
    const why = new CanvasError('draining', 'This workspace is stopping: no new work begins');
    for (const { giveUp } of this.#waiting.splice(0)) giveUp(why);
  }

  /** Resolves once work may begin; rejects with `draining` when it no longer will. */
  async whenOpen(): Promise<void> {
    while (this.#closed !== null) {
      if (this.#closed === 'stopping') throw new CanvasError('draining', 'This workspace is stopping: no new work begins');
      await new Promise<void>((go, giveUp) => this.#waiting.push({ go, giveUp }));
    }
  }
}
