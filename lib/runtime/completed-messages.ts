import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { cutText } from '#lib/contract/heartbeat.ts';
import { MAX_COMPLETED_IDS } from '#lib/contract/snapshot.ts';
import { scrub } from '#lib/domain/scrub.ts';
import { readTextFile, writePrivateFile } from './private-file.ts';

export interface CompletedMessage {
  id: string;
  outcome: 'served' | 'failed' | 'cancelled';
  /** The answer, or why it failed; null: only that it is done is known. */
  text: string | null;
}

const FILE = 'completed-messages.jsonl';
const MAX_ANSWER = 64 * 1024;
const ANSWERS_KEPT = 100;
const MAX_APPENDED = 8 * 1024 * 1024;

/**
 * Messages that are done, with what was answered, kept in a file: one line each, flushed before the answer goes out, so
 * that a message which comes again after a crash is answered from here and never reaches the agent twice. The newest
 * 1,000 are kept, with the answers of the newest 100, cut at 64 KB and without the secrets in them.
 */
export class CompletedMessages {
  readonly #path: string;
  readonly #messages = new Map<string, CompletedMessage>();
  #appended = 0;
  #writing: Promise<unknown> = Promise.resolve();

  private constructor(path: string) {
    this.#path = path;
  }

  /** Lines that cannot be read, such as one that a crash cut off, are passed over. */
  static async open(folder: string): Promise<CompletedMessages> {
    const messages = new CompletedMessages(join(folder, FILE));
    const text = (await readTextFile(messages.#path)) ?? '';
    for (const line of text.split('\n')) {
      const message = messageOf(line);
      if (message !== null) messages.#keep(message);
    }
    messages.#appended = text.length;
    return messages;
  }

  get ids(): string[] {
    return [...this.#messages.keys()];
  }

  find(id: string): CompletedMessage | null {
    return this.#messages.get(id) ?? null;
  }

  /** Resolves once it is on disk. Rejects when it could not be written; it is remembered nevertheless, until the end. */
  async record(message: CompletedMessage): Promise<void> {
    const text = message.text === null ? null : cutText(String(scrub(message.text).value), MAX_ANSWER);
    const kept = { ...message, text };
    this.#keep(kept);
    await this.#inTurn(() => (this.#appended >= MAX_APPENDED ? this.#rewrite() : this.#append(kept)));
  }

  /** Adds ids of a snapshot; what is known of them already stays. */
  async restore(ids: readonly string[]): Promise<void> {
    const unknown = ids.filter((id) => !this.#messages.has(id));
    if (unknown.length === 0) return;
    const known = [...this.#messages.values()];
    this.#messages.clear();
    for (const id of unknown) this.#keep({ id, outcome: 'served', text: null });
    for (const message of known) this.#keep(message);
    await this.#inTurn(() => this.#rewrite());
  }

  #keep(message: CompletedMessage): void {
    this.#messages.delete(message.id);
    this.#messages.set(message.id, message);
    const old = [...this.#messages.values()].at(-1 - ANSWERS_KEPT);
    if (old !== undefined && old.text !== null) this.#messages.set(old.id, { ...old, text: null });
    for (const oldest of this.#messages.keys()) {
      if (this.#messages.size <= MAX_COMPLETED_IDS) return;
      this.#messages.delete(oldest);
    }
  }

  #inTurn(write: () => Promise<void>): Promise<void> {
    const next = this.#writing.then(write);
    this.#writing = next.catch(() => {});
    return next;
  }

  async #append(message: CompletedMessage): Promise<void> {
    let file: FileHandle | null = null;
    try {
      file = await open(this.#path, 'a', 0o600);
      // A line begins with its line break: what a crash left half written must not run into it.
      const line = `\n${JSON.stringify(message)}`;
      await file.writeFile(line);
      await file.datasync();
      this.#appended += line.length;
    } finally {
      await file?.close();
    }
  }

  async #rewrite(): Promise<void> {
    await writePrivateFile(this.#path, [...this.#messages.values()].map((message) => JSON.stringify(message)).join('\n'));
    this.#appended = 0;
  }
}

function messageOf(line: string): CompletedMessage | null {
  try {
    const value = JSON.parse(line) as Partial<CompletedMessage>;
    if (typeof value.id !== 'string') return null;
    const outcome = value.outcome === 'failed' || value.outcome === 'cancelled' ? value.outcome : 'served';
    return { id: value.id, outcome, text: typeof value.text === 'string' ? value.text : null };
  } catch {
    return null;
  }
}
