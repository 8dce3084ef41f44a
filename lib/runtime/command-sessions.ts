import { join } from 'node:path';
import { readTextFile, writePrivateFile } from './private-file.ts';

const FILE = 'sessions.json';
const KEPT = 500;
const FAILURES_BEFORE_FORGOTTEN = 2;

/**
 * Which session of the program belongs to which conversation, kept in a file so that a conversation goes on after a
 * restart. The newest 500 are kept. A session that fails twice in a row is forgotten: the next message begins anew
 * instead of failing for ever on a session that the program has lost.
 */
export class CommandSessions {
  readonly #path: string;
  readonly #sessions: Map<string, string>;
  readonly #failures = new Map<string, number>();
  #writing: Promise<void> = Promise.resolve();

  private constructor(path: string, sessions: Map<string, string>) {
    this.#path = path;
    this.#sessions = sessions;
  }

  /** A file that cannot be read counts as empty: conversations then begin anew. */
  static async open(folder: string): Promise<CommandSessions> {
    const path = join(folder, FILE);
    const text = await readTextFile(path);
    let entries: [string, string][] = [];
    try {
      const value: unknown = JSON.parse(text ?? '[]');
      if (Array.isArray(value))
        entries = value.filter(
          (entry): entry is [string, string] =>
            Array.isArray(entry) && entry.length === 2 && entry.every((part) => typeof part === 'string'),
        );
    } catch {
      entries = [];
    }
    return new CommandSessions(path, new Map(entries));
  }

  /** All of them, the one used last at the end. */
  get entries(): [contextId: string, session: string][] {
    return [...this.#sessions];
  }

  /** Adds what is not known yet: the file is written with every answer, and so never older than a snapshot. */
  async restore(entries: readonly (readonly [contextId: string, session: string])[]): Promise<void> {
    const unknown = entries.filter(([contextId]) => !this.#sessions.has(contextId));
    if (unknown.length === 0) return;
    const known = [...this.#sessions];
    this.#sessions.clear();
    for (const [contextId, session] of [...unknown, ...known].slice(-KEPT)) this.#sessions.set(contextId, session);
    await this.#write();
  }

  /** Goes back to these and forgets all others. */
  async replace(entries: readonly (readonly [contextId: string, session: string])[]): Promise<void> {
    this.#sessions.clear();
    for (const [contextId, session] of entries.slice(-KEPT)) this.#sessions.set(contextId, session);
    await this.#write();
  }

  sessionOf(contextId: string): string | null {
    return this.#sessions.get(contextId) ?? null;
  }

  /** Resolves once it is on disk. */
  async succeeded(contextId: string, session: string | null): Promise<void> {
    this.#failures.delete(contextId);
    if (session === null) return;
    this.#sessions.delete(contextId);
    this.#sessions.set(contextId, session);
    for (const oldest of this.#sessions.keys()) {
      if (this.#sessions.size <= KEPT) break;
      this.#sessions.delete(oldest);
    }
    await this.#write();
  }

  async failed(contextId: string): Promise<void> {
    if (!this.#sessions.has(contextId)) return;
    const failures = (this.#failures.get(contextId) ?? 0) + 1;
    this.#failures.set(contextId, failures);
    if (failures < FAILURES_BEFORE_FORGOTTEN) return;
    this.#failures.delete(contextId);
    this.#sessions.delete(contextId);
    await this.#write();
  }

  /** One write after another: an older list must never replace a newer one. */
  #write(): Promise<void> {
    const next = this.#writing.then(() => writePrivateFile(this.#path, JSON.stringify([...this.#sessions])));
    this.#writing = next.catch(() => {});
    return next;
  }
}
