import type { DelegationResult } from './delegation-result.ts';
import { type Log, sentenceOf } from './log.ts';
import type { ResultsFile } from './results-file.ts';
import type { ResultsFacts, ResultsState } from './results-state.ts';

const MAX_A_TURN = 40;
const MAX_CHARS_A_TURN = 512 * 1024;
const MAX_UNREAD = 200;
/** A result that makes its reader fail must not make every turn fail. */
export const MAX_TURNS = 5;

/** How a turn ended that did not answer: by the agent's own fault, by who asked, or so that its message comes again. */
export type UnansweredEnd = 'failed' | 'cancelled' | 'comes again';

/** Results that a turn may still have to get. */
export function handedOut({ unread, told, waiting, message }: Readonly<ResultsFacts>): Set<string> {
  const untold = [...waiting, ...(message?.tells ?? [])].map(({ delegation_id: id }) => id);
  return new Set([...unread, ...told.flatMap(({ ids }) => ids), ...untold]);
}

/**
 * Results on their way to the agent. Each lies here until a turn that had it came to its end, and the message that tells
 * of it, too; a turn that was ended before, or failed, gives it back for the next. A crash right after a turn may hand its results over a second time: the
 * message that tells of them comes once all the same.
 */
export class ResultShelf {
  readonly #state: ResultsState;
  readonly #file: ResultsFile;
  readonly #log: Log;
  readonly #results: Map<string, DelegationResult>;
  readonly #lent = new Set<string>();
  readonly #turns = new Map<string, number>();

  /** `found`: what the file holds of those that may be handed out. */
  constructor(options: { state: ResultsState; file: ResultsFile; found: Map<string, DelegationResult>; log: Log }) {
    this.#state = options.state;
    this.#file = options.file;
    this.#log = options.log;
    this.#results = options.found;
  }

  /** Puts a result into the file and here. To be followed by a change of the state that names it as unread. */
  async put(result: DelegationResult): Promise<void> {
    await this.#file.append(result);
    this.#results.set(result.delegation_id, result);
    for (const oldest of this.#results.keys()) {
      if (this.#results.size <= MAX_UNREAD) return;
      this.#results.delete(oldest);
    }
  }

  /** The newest of these, as many as are kept; the others stay in the file alone. */
  static kept(unread: readonly string[]): string[] {
    return unread.slice(-MAX_UNREAD);
  }

  /** The newest of the messages that tell, with as many results as are kept: one that was dropped on its way never has a turn. */
  static keptTold(told: ResultsFacts['told']): ResultsFacts['told'] {
    let ids = 0;
    const newest = [...told].reverse().filter((one) => {
      ids += one.ids.length;
      return ids <= MAX_UNREAD;
    });
    return newest.reverse();
  }

  /** Where the results are whole. */
  get path(): string {
    return this.#file.path;
  }

  /** Puts a result into the file alone, for an agent that has no turns. */
  async record(result: DelegationResult): Promise<void> {
    await this.#file.append(result);
  }

  /**
   * For the turn of one message: the results that it tells of, then the oldest unread ones that no other turn has. At most
   * 40, and half a million characters.
   */
  take(messageId: string): DelegationResult[] {
    const { unread, told } = this.#state.facts;
    const own = told.find(({ message }) => message === messageId)?.ids ?? [];
    const others = unread.filter((id) => !own.includes(id) && !this.#lent.has(id));
    const taken: DelegationResult[] = [];
    let chars = 0;
    for (const id of [...own, ...others]) {
      const result = this.#results.get(id);
      if (result === undefined) continue;
      chars += result.response.length;
      if (taken.length >= MAX_A_TURN || (taken.length > 0 && chars > MAX_CHARS_A_TURN)) break;
      taken.push(result);
    }
    for (const { delegation_id: id } of taken) this.#lent.add(id);
    return taken;
  }

  /** The turn that had them came to its end. */
  async finish(messageId: string, taken: readonly DelegationResult[]): Promise<void> {
    const read = new Set(taken.map(({ delegation_id: id }) => id));
    await this.#change(messageId, read, 'That results were read could not be written down, so they come again');
    for (const id of read) this.#lent.delete(id);
  }

  /** The turn that had them did not come to its end. */
  async giveBack(messageId: string, taken: readonly DelegationResult[], how: UnansweredEnd): Promise<void> {
    for (const { delegation_id: id } of taken) this.#lent.delete(id);
    if (how === 'comes again') return;
    const given = how === 'failed' ? this.#givenUp(taken) : new Set<string>();
    if (given.size > 0)
      this.#log('warn', `${given.size} results were in ${MAX_TURNS} turns that failed; they stay in ${this.#file.path} alone`);
    await this.#change(messageId, given, 'That a message which tells of results has ended could not be written down');
  }

  /** Of these the ones that were in too many turns that failed. */
  #givenUp(taken: readonly DelegationResult[]): Set<string> {
    const ids = taken.map(({ delegation_id: id }) => id);
    for (const id of ids) this.#turns.set(id, (this.#turns.get(id) ?? 0) + 1);
    return new Set(ids.filter((id) => (this.#turns.get(id) ?? 0) >= MAX_TURNS));
  }

  /** The message has ended and these are read, on disk. What no turn can get any more is let go. */
  async #change(messageId: string, read: ReadonlySet<string>, orElse: string): Promise<void> {
    const own = this.#state.facts.told.find(({ message }) => message === messageId)?.ids ?? [];
    if (read.size === 0 && own.length === 0) return;
    try {
      await this.#state.change(({ unread, told }) => ({
        unread: unread.filter((id) => !read.has(id)),
        told: told.filter(({ message }) => message !== messageId),
      }));
    } catch (thrown) {
      this.#log('error', `${orElse}: ${sentenceOf(thrown)}`);
      return;
    }
    const wanted = handedOut(this.#state.facts);
    for (const id of [...read, ...own]) {
      if (wanted.has(id)) continue;
      this.#results.delete(id);
      this.#turns.delete(id);
    }
  }
}
