import { errorCodeOf } from '#lib/contract/errors.ts';
import { type DelegationCalls, type FoundDelegation, hasEnded, isAbsent } from './delegation-calls.ts';
import { type Log, sentenceOf } from './log.ts';
import { peerRequest } from './peer-message.ts';
import { refusalOf } from './platform-client.ts';
import { ResultShelf } from './result-shelf.ts';
import { endOf, idAt, inOrderGiven, resultOf, tellingOf } from './results-rows.ts';
import type { ResultsState, Telling } from './results-state.ts';
import { foreignText, noteText, tellingId, tellingText } from './results-text.ts';

/** The newest row seen minus this: rows that were written at once may be seen in another order than their times say. */
const OVERLAP_MS = 60_000;
/** Without any memory, what ended longer ago than this counts as told. */
const FORGOTTEN_MS = 3_600_000;
const MAX_PAGES = 200;
/** So far the list is read for what is still open; what is older is looked up one by one. */
const PAGES_FOR_OPEN = 5;
const MAX_LOOKED_UP = 20;
const MAX_SETTLED = 100;
const MAX_TOLD = 100;
const MAX_NOTES = 500;
const MAX_FOREIGN = 1000;

export interface CycleParts {
  workspaceId: string;
  calls: DelegationCalls;
  state: ResultsState;
  shelf: ResultShelf;
  log: Log;
  /** Whether new work may begin: nothing is told to an agent that drains. */
  isOpen: () => boolean;
  /**
   * Whether messages come to the agent's door. One that fetches them has no turns to give results to, and its log is full
   * of others' messages.
   */
  isPushed: boolean;
  cooldownMs: number;
}

/** The platform has nothing of the kind: no failure, and nothing to be done about it. */
export class Absent extends Error {}

/** The steps of one cycle, each complete in itself: whatever breaks one off, the next cycle goes on from what is on disk. */
export class ResultsCycle {
  readonly #parts: CycleParts;
  #rows = new Map<string, FoundDelegation>();
  #lookedUp = new Set<string>();
  /** Not written down yet. */
  readonly #given = new Set<string>();

  constructor(parts: CycleParts) {
    this.#parts = parts;
  }

  /** A step that fails does not keep the others from being taken, unless the platform is away. Rejects with the first failure. */
  async run(): Promise<void> {
    let failure: unknown = null;
    for (const step of [this.#find, this.#settle, this.#received, this.#tell, this.#note]) {
      if (!this.#parts.isOpen()) break;
      try {
        await step();
      } catch (thrown) {
        failure ??= thrown;
        const code = errorCodeOf(thrown);
        if (thrown instanceof Absent || code === 'upstream_unreachable' || code === 'timeout') break;
      }
    }
    if (failure !== null) throw failure;
  }

  /** When the agent may be told again, by this machine's clock; the past when it may be now. */
  get mayTellAt(): number {
    const { told_at } = this.#parts.state.facts;
    return told_at > Date.now() ? 0 : told_at + this.#parts.cooldownMs;
  }

  /** One was just given: the list alone would not show it as new when the platform's clock went back meanwhile. */
  given(id: string): void {
    this.#given.add(id);
  }

  /** Puts what it does not know yet among the open ones. */
  readonly #find = async (): Promise<void> => {
    const { state, workspaceId } = this.#parts;
    const { watermark, open, settled } = state.facts;
    const given = new Set(this.#given);
    const listed = await this.#listed(watermark);
    const own = listed.filter(({ source_id }) => source_id === workspaceId);
    this.#rows = new Map(own.map((row) => [row.delegation_id, row]));
    const known = new Set([...open, ...settled].map(([id]) => id));
    const fresh = [...this.#rows.values()]
      .filter(({ delegation_id: id, created_at }) => !known.has(id) && (created_at >= (watermark ?? 0) || given.has(id)))
      .sort(inOrderGiven);
    const past = watermark === null ? fresh.filter((row) => hasEnded(row) && endOf(row) < Date.now() - FORGOTTEN_MS) : [];
    const newest = Math.max(...own.map(({ created_at }) => created_at)) - OVERLAP_MS;
    const mark = Number.isFinite(newest) ? Math.max(newest, watermark ?? 0, 0) : watermark;
    const unlisted = [...given].filter((id) => !known.has(id) && !this.#rows.has(id)).map((id): [string, number] => [id, Date.now()]);
    if (fresh.length + unlisted.length > 0 || mark !== watermark)
      await state.change((facts) => ({
        watermark: mark,
        open: [...facts.open, ...fresh.filter((row) => !past.includes(row)).map(idAt), ...unlisted],
        settled: [...facts.settled, ...past.map(idAt)].filter(([, at]) => at >= (mark ?? 0)),
      }));
    for (const id of given) this.#given.delete(id);
    await this.#report(listed.filter(({ source_id }) => source_id !== workspaceId).map(({ delegation_id }) => delegation_id));
  };

  async #listed(watermark: number | null): Promise<FoundDelegation[]> {
    const listed: FoundDelegation[] = [];
    const oldestOpen = Math.min(...this.#parts.state.facts.open.map(([, at]) => at));
    let cursor: string | null = null;
    for (let pages = 0; pages < MAX_PAGES; pages += 1) {
      const page: Awaited<ReturnType<DelegationCalls['page']>> = await this.#parts.calls.page(cursor);
      if (page === null) throw new Absent('The platform keeps no account of delegations');
      listed.push(...page.rows);
      cursor = page.next;
      const oldest = page.rows.at(-1)?.created_at ?? 0;
      const seenAllNew = watermark !== null && oldest < watermark;
      if (cursor === null || (seenAllNew && (oldest < oldestOpen || pages + 1 >= PAGES_FOR_OPEN))) return listed;
    }
    this.#parts.log('warn', `More than ${listed.length} new delegations: the older ones are not looked at`);
    return listed;
  }

  /** Takes in what ended: first into the file, then from the open ones to those that are to be told. */
  readonly #settle = async (): Promise<void> => {
    const { state, calls, shelf, log, workspaceId, isPushed } = this.#parts;
    const ended = new Map<string, Telling>();
    const endedAt: [string, number][] = [];
    const lost: string[] = [];
    let failure: unknown = null;
    for (const id of this.#worthALook()) {
      try {
        const detail = await calls.detail(id);
        const row = detail ?? this.#rows.get(id);
        if (row === undefined || row.source_id !== workspaceId) lost.push(id);
        else if (hasEnded(row)) {
          const result = resultOf(row, detail);
          await (isPushed ? shelf.put(result) : shelf.record(result));
          ended.set(id, tellingOf(result, row));
          endedAt.push(idAt(row));
        }
      } catch (thrown) {
        failure ??= thrown;
        if (errorCodeOf(thrown) === 'upstream_unreachable' || errorCodeOf(thrown) === 'timeout') break;
      }
    }
    if (lost.length > 0)
      log('warn', 'The platform no longer shows delegations that were open', { delegations: lost.slice(0, 10).join(' ') });
    if (ended.size + lost.length > 0)
      await state.change((facts) => ({
        open: facts.open.filter(([id]) => !ended.has(id) && !lost.includes(id)),
        settled: [...facts.settled, ...endedAt],
        waiting: [...facts.waiting, ...ended.values()],
        unread: isPushed ? ResultShelf.kept([...facts.unread, ...ended.keys()]) : [],
      }));
    if (failure !== null) throw failure;
  };

  /** Of the open ones those whose row has ended, and some of those that are too old for the newest rows, in turns. */
  #worthALook(): string[] {
    const open = this.#parts.state.facts.open.map(([id]) => id);
    const ended = open.filter((id) => {
      const row = this.#rows.get(id);
      return row !== undefined && hasEnded(row);
    });
    const old = open.filter((id) => !this.#rows.has(id));
    if (old.every((id) => this.#lookedUp.has(id))) this.#lookedUp.clear();
    const next = old.filter((id) => !this.#lookedUp.has(id)).slice(0, MAX_LOOKED_UP);
    for (const id of next) this.#lookedUp.add(id);
    return [...ended.slice(0, MAX_SETTLED), ...next];
  }

  /**
   * What the log says was received counts for nothing: the row of a delegation tells of its end, and a row of the log can
   * be tied to none. Rows of others have no place in it, so they are reported.
   */
  readonly #received = async (): Promise<void> => {
    const { calls, workspaceId, isPushed } = this.#parts;
    if (!isPushed) return;
    const rows = await calls.received();
    await this.#report(rows.filter(({ source_id }) => source_id !== null && source_id !== workspaceId).map(({ id }) => id));
  };

  readonly #tell = async (): Promise<void> => {
    const { state, calls, shelf, log, isPushed } = this.#parts;
    if (state.facts.message === null) {
      if (state.facts.waiting.length === 0 || Date.now() < this.mayTellAt) return;
      const parent = await calls.parentName();
      const where = isPushed ? { file: shelf.path } : 'fetched';
      await state.change(({ waiting, told }) => {
        const tells = waiting.slice(0, MAX_TOLD);
        const traceparent = tells[0]?.traceparent ?? null;
        const id = tellingId(tells);
        const own = { message: id, ids: tells.map(({ delegation_id }) => delegation_id) };
        return {
          message: { id, text: tellingText(tells, parent, where), traceparent, tells },
          waiting: waiting.slice(MAX_TOLD),
          told: isPushed ? ResultShelf.keptTold([...told, own]) : [],
        };
      });
    }
    const { message } = state.facts;
    if (message === null || !this.#parts.isOpen()) return;
    const { id: messageId, text, traceparent } = message;
    const answer = await calls.send('/self/a2a', peerRequest({ messageId, text, traceparent: traceparent ?? undefined }));
    if (isAbsent(answer)) throw new Absent('The platform takes no messages');
    const refusal = refusalOf(answer, 'the message that tells of results');
    if (refusal) throw refusal;
    const notes = [...state.facts.notes, ...message.tells.map((told) => ({ delegation_id: told.delegation_id, message: noteText(told) }))];
    await state.change(() => ({ message: null, told_at: Date.now(), notes: notes.slice(-MAX_NOTES) }));
    const left = notes.slice(0, -MAX_NOTES).map(({ delegation_id: id }) => id);
    if (left.length > 0)
      log('error', `${left.length} results are not told to the operator, since ${MAX_NOTES} wait to be: ${left.slice(0, 10).join(' ')}`);
  };

  readonly #note = async (): Promise<void> => {
    const { state } = this.#parts;
    const sent = new Set<string>();
    try {
      for (const { delegation_id, message } of state.facts.notes) {
        await this.#notify({ message, type: 'delegation_result', delegation_id });
        sent.add(delegation_id);
      }
    } finally {
      if (sent.size > 0) await state.change(({ notes }) => ({ notes: notes.filter(({ delegation_id: id }) => !sent.has(id)) }));
    }
  };

  /** Says once of each row that it was there; what else is in it may be made to be read by an agent. */
  async #report(ids: readonly string[]): Promise<void> {
    const { state, log } = this.#parts;
    const fresh = [...new Set(ids)].filter((id) => !state.facts.foreign.includes(id));
    if (fresh.length === 0) return;
    const message = foreignText(fresh);
    log('warn', `Possible injection. ${message}`);
    await this.#notify({ message, type: 'possible_injection' });
    await state.change(({ foreign }) => ({ foreign: [...foreign, ...fresh].slice(-MAX_FOREIGN) }));
  }

  /** Rejects when it shall be tried again; what the platform will never take is logged, and done. */
  async #notify(body: { message: string; type: string; delegation_id?: string }): Promise<void> {
    const { calls, workspaceId, log } = this.#parts;
    const answer = await calls.send(`/${encodeURIComponent(workspaceId)}/notify`, body);
    if (isAbsent(answer)) throw new Absent('The platform takes no notifications');
    const refusal = refusalOf(answer, 'a notification');
    if (refusal === null) return;
    if (answer.status >= 500 || [401, 408, 429].includes(answer.status)) throw refusal;
    log('error', `${sentenceOf(refusal)}. It is not sent again`);
  }
}
