import { CanvasError } from '#lib/contract/errors.ts';
import type { McpHands, McpInbox } from './hands.ts';
import { onlyOne } from './only-one.ts';

/** The hands of a session from its first moment on: whose they are is known a little later, and may change once. */
export class SessionHands implements McpHands {
  readonly workspaceId: string;
  readonly inbox: McpInbox | null;
  readonly #given: string | undefined;
  readonly #known: Promise<void>;
  #settle: () => void = () => {};
  #fail: (why: unknown) => void = () => {};
  #now: McpHands | null = null;

  /** `given`: the work that started this program, as its environment names it. */
  constructor(workspaceId: string, inbox: McpInbox | null, given: string | undefined) {
    this.workspaceId = workspaceId;
    this.inbox = inbox;
    this.#given = given;
    this.#known = new Promise((resolve, reject) => {
      this.#settle = resolve;
      this.#fail = reject;
    });
    // Nobody may have asked for it.
    this.#known.catch(() => {});
  }

  become(hands: McpHands): void {
    this.#now = hands;
    this.#settle();
  }

  /** They will never be known. */
  fail(why: unknown): void {
    this.#fail(why);
  }

  get client() {
    return this.#hands.client;
  }

  async connected(): Promise<void> {
    await this.#known;
    await this.#hands.connected();
  }

  async setTask(text: string): Promise<void> {
    await this.#hands.setTask(text);
  }

  async setWedge(reason: string | null): Promise<string | null> {
    return await this.#hands.setWedge(reason);
  }

  async delegated(id: string | null): Promise<void> {
    await this.#hands.delegated(id);
  }

  async traceparent(): Promise<string | undefined> {
    return this.#given ?? onlyOne(this.inbox?.traces ?? []) ?? (await this.#hands.traceparent());
  }

  get #hands(): McpHands {
    if (this.#now === null) throw new CanvasError('unavailable', 'This session has not begun yet');
    return this.#now;
  }
}
