import type { DelegationResult } from './delegation-result.ts';
import { type Log, sentenceOf } from './log.ts';
import type { ResultsFile } from './results-file.ts';
import type { ResultsState } from './results-state.ts';

const MAX_A_TURN = 40;
const MAX_CHARS_A_TURN = 512 * 1024;
const MAX_UNREAD = 200;
/** A result that makes its reader fail must not make every turn fail. */
const MAX_TURNS = 5;

/**
 * Results on their way to the agent. Each lies here until a turn that had it came to its end; a turn that was ended
 * before, or failed, gives it back for the next. A crash right after a turn may hand its results over a second time: the
 * message that tells of them comes once all the same.
 */
export class ResultShelf {
  readonly #state: ResultsState;
  readonly #file: ResultsFile;
  readonly #log: Log;
  readonly #results: Map<string, DelegationResult>;
  readonly #lent = new Set<string>();
  readonly #turns = new Map<string, number>();

  /** `found`: what the file holds of the unread ones. */
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

  /** The oldest unread results that no other turn has, for one turn: at most 40, and half a million characters. */
  take(): DelegationResult[] {
    const taken: DelegationResult[] = [];
    let chars = 0;
    for (const id of this.#state.facts.unread) {
      const result = this.#results.get(id);
      if (result === undefined || this.#lent.has(id)) continue;
      chars += result.response.length;
      if (taken.length >= MAX_A_TURN || (taken.length > 0 && chars > MAX_CHARS_A_TURN)) break;
      taken.push(result);
    }
    for (const { delegation_id: id } of taken) this.#lent.add(id);
    return taken;
  }

  /** The turn that had them came to its end. */
  async finish(taken: readonly DelegationResult[]): Promise<void> {
    if (taken.length === 0) return;
    const read = new Set(taken.map(({ delegation_id: id }) => id));
    try {
      await this.#state.change(({ unread }) => ({ unread: unread.filter((id) => !read.has(id)) }));
      for (const id of read) this.#results.delete(id);
    } catch (thrown) {
      this.#log('error', `That results were read could not be written down, so they come again: ${sentenceOf(thrown)}`);
    }
    for (const id of read) this.#lent.delete(id);
  }

  /** The turn that had them did not come to its end; `failed`: by the agent's own fault. */
  async giveBack(taken: readonly DelegationResult[], failed: boolean): Promise<void> {
    for (const { delegation_id: id } of taken) this.#lent.delete(id);
    if (!failed) return;
    for (const { delegation_id: id } of taken) this.#turns.set(id, (this.#turns.get(id) ?? 0) + 1);
    const given = taken.filter(({ delegation_id: id }) => (this.#turns.get(id) ?? 0) >= MAX_TURNS);
    if (given.length === 0) return;
    this.#log('warn', `${given.length} results were in ${MAX_TURNS} turns that failed; they stay in ${this.#file.path} alone`);
    await this.finish(given);
  }
}
