import type { EventActor, NewEvent } from '#lib/contract/events.ts';
import { type IncidentEntry, MAX_ENTRIES } from '#lib/contract/incidents.ts';
import { closed, type Finding, type IncidentState, nextRev, type Raised, raise, saidByAgents } from '#lib/domain/incident-state.ts';
import type { Db } from '#lib/store/in-transaction.ts';
import { addEntries, entriesOf, incidentsOfKeys, type StoredEntry, saveIncident } from '#lib/store/incidents.ts';
import { newId } from '#lib/store/new-id.ts';
import { eventActorOf, platformActor } from './actor.ts';

const ACTOR: EventActor = eventActorOf(platformActor('inbox'));
/** Repeats of one incident are told at most this often. */
export const TELL_AGAIN_MS = 5000;

export type Change = 'opened' | 'again' | 'closed';
type Said = Pick<IncidentEntry, 'kind' | 'text'> & Partial<Pick<IncidentEntry, 'attachments'>>;

/** What a transaction made of incidents, for those who tell of it. */
export interface DeskNews {
  events: NewEvent[];
  /** Repeats that were not told yet, since the last were told moments ago. */
  untold: string[];
  /** What may be worth a message to somebody, in the order in which it happened. */
  changes: { incident: IncidentState; about: Change }[];
}

/**
 * The incidents that one transaction touches: each is read once and written once, however often it is raised meanwhile.
 * Nothing is in the store before `flush`.
 */
export class IncidentDesk {
  readonly tx: Db;
  readonly now: number;
  readonly #byKey = new Map<string, IncidentState | null>();
  readonly #touched = new Map<string, IncidentState>();
  readonly #entries = new Map<string, StoredEntry[]>();
  readonly #revs = new Map<string, number>();
  /** What the store has of what was said, of incidents that were asked for. */
  readonly #texts = new Map<string, ReadonlySet<string>>();
  readonly #changes: { id: string; about: Change }[] = [];

  constructor(tx: Db, now: number) {
    this.tx = tx;
    this.now = now;
  }

  /** The open incident of a key, else the newest closed one. */
  async known(key: string): Promise<IncidentState | null> {
    const held = this.#byKey.get(key);
    if (held !== undefined) return held;
    const found = (await incidentsOfKeys(this.tx, [key])).get(key) ?? null;
    this.#byKey.set(key, found);
    return found;
  }

  /** The newest of what was read elsewhere: an incident that this transaction changed is not as the store says. */
  latest(incident: IncidentState): IncidentState {
    return this.#touched.get(incident.id) ?? incident;
  }

  /** Every incident that it changed, as it is now. */
  get touched(): IncidentState[] {
    return [...this.#touched.values()];
  }

  /** `before`: what was known of its key until then. */
  async raise(found: Finding, said?: Omit<Said, 'kind'>): Promise<(Raised & { before: IncidentState | null }) | null> {
    const before = await this.known(found.key);
    const raised = raise(before, found, newId(this.now), this.now);
    if (!raised) return null;
    const { what } = raised;
    const incident = what === 'same' ? raised.incident : this.#renewedOnce(raised.incident);
    this.put(incident);
    if (said) this.say(incident, { kind: 'said', ...said }, found.at);
    else if (what !== 'same') this.say(incident, { kind: what, text: incident.title }, found.at);
    if (what !== 'same') this.tell(incident, what);
    return { what, incident, before };
  }

  close(incident: IncidentState, why: string, at: number): IncidentState {
    const over = closed(this.latest(incident), why, at);
    this.put(over);
    this.say(over, { kind: 'closed', text: over.closed_why }, at);
    this.tell(over, 'closed');
    return over;
  }

  /** Closes the open incident of a key, when there is one. */
  async closeKey(key: string, why: string, at: number): Promise<IncidentState | null> {
    const known = await this.known(key);
    return known && known.closed_at === null ? this.close(known, why, at) : null;
  }

  /** Takes a changed incident; nobody is told. */
  put(incident: IncidentState): void {
    this.#byKey.set(incident.key, incident);
    this.#touched.set(incident.id, incident);
  }

  /** It is news again for whoever has read it. */
  renew(incident: IncidentState): IncidentState {
    const renewed = this.#renewedOnce({ ...incident, rev: nextRev(incident.rev, this.now) });
    this.put(renewed);
    return renewed;
  }

  /**
   * However often it is raised, its `rev` grows once in a transaction: a flood would outrun the clock, and whoever reads
   * everything up to now would not have read it.
   */
  #renewedOnce(incident: IncidentState): IncidentState {
    const rev = this.#revs.get(incident.id) ?? incident.rev;
    this.#revs.set(incident.id, rev);
    return { ...incident, rev };
  }

  say(incident: IncidentState, said: Said, at: number): void {
    const list = this.#entries.get(incident.id) ?? [];
    list.push({ id: newId(this.now), incident_id: incident.id, at, attachments: [], ...said });
    // Of a flood only what is kept is written.
    if (list.length > MAX_ENTRIES) list.shift();
    this.#entries.set(incident.id, list);
  }

  /** Whether one of its entries that are kept says just that. */
  async wasSaid({ id }: IncidentState, text: string): Promise<boolean> {
    let texts = this.#texts.get(id);
    if (!texts) {
      texts = new Set((await entriesOf(this.tx, id)).map((entry) => entry.text));
      this.#texts.set(id, texts);
    }
    return texts.has(text) || (this.#entries.get(id) ?? []).some((entry) => entry.text === text);
  }

  tell(incident: IncidentState, about: Change): void {
    this.#changes.push({ id: incident.id, about });
  }

  /** Writes it all, and answers what there is to tell. */
  async flush(): Promise<DeskNews> {
    const news: DeskNews = { events: [], untold: [], changes: [] };
    for (const { id, about } of withoutRepeats(this.#changes)) this.#collect(id, about, news);
    // Closed ones first: a new incident of the same key would find the old one still open.
    const touched = this.touched.sort((a, b) => Number(a.closed_at === null) - Number(b.closed_at === null));
    for (const incident of touched) await saveIncident(this.tx, incident);
    await addEntries(this.tx, [...this.#entries.values()].flat());
    return news;
  }

  #collect(id: string, about: Change, news: DeskNews): void {
    const incident = this.#touched.get(id);
    if (!incident) return;
    const isPart = incident.part_of !== null;
    // What was said needs no recovery; the end of a part goes to whoever was told of its beginning, before it became one.
    if (about === 'closed' ? !saidByAgents(incident.kind) : !isPart) news.changes.push({ incident, about });
    // What an incident about many swallowed is told of by that one.
    if (isPart) return;
    if (about === 'again' && this.now - incident.told_at < TELL_AGAIN_MS) {
      news.untold.push(id);
      return;
    }
    this.#touched.set(id, { ...incident, told_at: this.now });
    news.events.push(changedEvent(incident, about, ACTOR, this.now));
  }
}

export function changedEvent(incident: IncidentState, change: Change | 'assigned', actor: EventActor, at: number): NewEvent {
  const { id: incident_id, workspace_id, kind, severity, title, count } = incident;
  return { type: 'incident.changed', workspace_id, actor, at, data: { incident_id, kind, severity, change, title, count } };
}

/** Of an incident that was raised many times over, each kind of change once in a row. */
function withoutRepeats(changes: readonly { id: string; about: Change }[]): { id: string; about: Change }[] {
  const last = new Map<string, Change>();
  return changes.filter(({ id, about }) => {
    const before = last.get(id);
    last.set(id, about);
    return before !== about && !(before === 'opened' && about === 'again');
  });
}
