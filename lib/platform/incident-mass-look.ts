import {
  countsForMass,
  isMass,
  joined,
  MASS_KEY,
  MASS_WINDOW_MS,
  massFinding,
  mostAreBack,
  namedParts,
  workspacesOf,
} from '#lib/domain/incident-mass.ts';
import type { IncidentState } from '#lib/domain/incident-state.ts';
import { countAway, incidentById, openIncidents, openPartsOf } from '#lib/store/incidents.ts';
import type { IncidentDesk } from './incident-desk.ts';

/** Looks, within one transaction, whether many go down together, and whether most of them are back. */
export class MassLook {
  readonly #desk: IncidentDesk;
  readonly #upNow: () => number;
  readonly #startedAt: number;
  /** What went down lately, by incident. */
  #lately: Map<string, { part: IncidentState; at: number }> | null = null;

  constructor(desk: IncidentDesk, fleet: { upNow: () => number; startedAt: number }) {
    this.#desk = desk;
    this.#upNow = fleet.upNow;
    this.#startedAt = fleet.startedAt;
  }

  /** `before`: its incident, or the one before it of the same workspace and cause, as it was until now. */
  async wentDown(incident: IncidentState, before: IncidentState | null, at: number): Promise<void> {
    if (!countsForMass(incident)) return;
    const known = await this.#desk.known(MASS_KEY);
    const open = known?.closed_at === null ? known : null;
    if (open && at - open.last_at <= MASS_WINDOW_MS) return this.#join(open, [incident], before, at);
    const parts = await this.#partsAt(incident, at);
    const down = workspacesOf(parts);
    if (!isMass(down, this.#upNow() + down)) return;
    if (open) this.#join(open, parts, before, at);
    else await this.#open(parts, at);
  }

  /** Ends an incident about many once they are back, or most are and time passed; what is not back stands for itself again. */
  async settle(): Promise<void> {
    const ids = new Set(this.#desk.touched.flatMap(({ closed_at, part_of }) => (closed_at !== null && part_of !== null ? [part_of] : [])));
    for (const id of ids) await this.#settle(id);
  }

  /** The same as time passes. */
  async look(): Promise<void> {
    const open = await this.#desk.known(MASS_KEY);
    if (open?.closed_at === null) await this.#settle(open.id);
  }

  async #partsAt(incident: IncidentState, at: number): Promise<IncidentState[]> {
    if (!this.#lately) {
      const stored = await openIncidents(this.#desk.tx, { from: at - MASS_WINDOW_MS, kinds: ['offline', 'failed'] });
      this.#lately = new Map(stored.map((part) => [part.id, { part, at: part.last_at }]));
    }
    this.#lately.set(incident.id, { part: incident, at });
    const parts: IncidentState[] = [];
    for (const { part, at: downAt } of this.#lately.values()) {
      const latest = this.#desk.latest(part);
      const isDown = latest.closed_at === null && latest.part_of === null && countsForMass(latest);
      if (isDown && at - downAt <= MASS_WINDOW_MS) parts.push(latest);
    }
    return parts;
  }

  async #open(parts: readonly IncidentState[], at: number): Promise<void> {
    const raised = await this.#desk.raise(massFinding(parts, at, this.#startedAt));
    if (!raised) return;
    const mass = { ...raised.incident, count: workspacesOf(parts), workspace_ids: namedParts(parts) };
    this.#desk.put(mass);
    for (const part of parts) this.#desk.put({ ...part, part_of: mass.id });
  }

  /** One more (no news when it was a part `before`), or many more that went down later, news to whoever has read it. */
  #join(mass: IncidentState, parts: readonly IncidentState[], before: IncidentState | null, at: number): void {
    let grown = mass;
    for (const part of parts) {
      this.#desk.put({ ...part, part_of: mass.id });
      grown = joined(grown, part, at, before);
    }
    this.#desk.put(grown);
    if (parts.length > 1) this.#desk.renew(grown);
    if (parts.length > 1 || grown.count > mass.count) this.#desk.tell(grown, 'again');
  }

  async #settle(id: string): Promise<void> {
    const stored = await incidentById(this.#desk.tx, id);
    const mass = stored ? this.#desk.latest(stored) : this.#desk.touched.find((incident) => incident.id === id);
    if (!mass || mass.closed_at !== null) return;
    const quietMs = this.#desk.now - mass.last_at;
    // At least so many are away: with that it is mostly clear, without reading thousands of parts.
    const closedNow = this.#desk.touched.filter(({ part_of, closed_at }) => part_of === id && closed_at !== null).length;
    const atLeast = Math.max((await countAway(this.#desk.tx, id)) - closedNow, 0);
    if (!mostAreBack(atLeast, mass.count, quietMs)) return;
    const parts = new Map(
      [...(await openPartsOf(this.#desk.tx, id)), ...this.#desk.touched].map((part) => [part.id, this.#desk.latest(part)]),
    );
    const still = [...parts.values()].filter((part) => part.part_of === id && part.closed_at === null);
    const away = workspacesOf(still);
    if (!mostAreBack(away, mass.count, quietMs)) return;
    this.#desk.close(mass, `${mass.count - away} of ${mass.count} are back`, this.#desk.now);
    for (const part of still) this.#desk.tell(this.#desk.renew({ ...part, part_of: null }), 'opened');
  }
}
