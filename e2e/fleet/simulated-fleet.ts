import type { WorkspaceCard } from '#lib/contract/workspaces.ts';
import { BeatSchedule, type Due } from './beat-schedule.ts';
import { BeatTally, type KindReport } from './beat-tally.ts';
import { eachOf } from './each-of.ts';
import { differences, type Expectation, expectationOf } from './expectation.ts';
import type { Fault } from './fault.ts';
import type { FleetOptions } from './fleet-options.ts';
import { loopbackUrl, PlatformClient } from './platform-client.ts';
import { seededRandom, shuffle } from './seeded-random.ts';
import { SimulatedRuntime } from './simulated-runtime.ts';

const CONNECTIONS = 64;
const SETTING_UP_AT_ONCE = 16;

export interface Comparison {
  as_expected: number;
  different: { id: string; name: string; fault: string | null; how: string[] }[];
}

/**
 * Simulated runtimes against one platform: `connect` creates and registers them, `beat` lets them beat for a while (again
 * and again if wished), `compare` holds what the platform shows against what it was told, `remove` takes them away.
 */
export class SimulatedFleet {
  readonly runtimes: SimulatedRuntime[] = [];
  readonly #options: FleetOptions;
  readonly #client: PlatformClient;
  readonly #created: string[] = [];
  readonly #tallies = { full: new BeatTally(), partial: new BeatTally() };
  readonly #onTheWay = new Set<Promise<void>>();

  constructor(options: FleetOptions) {
    this.#options = options;
    this.#client = new PlatformClient(loopbackUrl(options.url), CONNECTIONS);
  }

  /** Ids of all workspaces that it created and has not removed. */
  get ids(): readonly string[] {
    return this.#created;
  }

  /** Creates every workspace, makes its token, registers it in poll mode. @throws CanvasError at the first refusal */
  async connect(progress?: (done: number) => void, signal?: AbortSignal): Promise<void> {
    const { workspaces, seed } = this.#options;
    let done = 0;
    const connectOne = async (fault: Fault | null, index: number) => {
      this.runtimes.push(await this.#connectOne(fault, index));
      done += 1;
      progress?.(done);
    };
    await eachOf(faultsOf(this.#options), Math.min(SETTING_UP_AT_ONCE, workspaces), connectOne, signal);
    this.runtimes.sort((a, b) => (a.identity.name < b.identity.name ? -1 : 1));
    // Connected in the order of their names, they would beat in it: neighbours on the page would then change together.
    shuffle(this.runtimes, seededRandom(seed + 1));
  }

  async #connectOne(fault: Fault | null, index: number): Promise<SimulatedRuntime> {
    const { seed, interval_seconds } = this.#options;
    const name = `sim-${String(index + 1).padStart(5, '0')}`;
    const created = await this.#client.call('POST', '/workspaces', {
      body: {
        name,
        role: 'Simulated runtime',
        runtime: 'simulated',
        labels: { 'fleet/seed': String(seed), 'fleet/fault': fault ?? 'none' },
      },
    });
    const id = String(created['id']);
    this.#created.push(id);
    const minted = await this.#client.call('POST', `/workspaces/${id}/tokens`, { body: {} });
    const token = String(minted['auth_token']);
    await this.#client.call('POST', '/registry/register', {
      token,
      body: { id, delivery_mode: 'poll', agent_card: { name, description: 'Simulated' } },
    });
    return new SimulatedRuntime(
      { id, name, token, fault, boot_id: `sim-${seed}-${id}` },
      { bootAt: Date.now(), intervalSeconds: interval_seconds },
    );
  }

  /** Beats for `seconds` (evenly spread, from the first moment on), then waits for the answers that are still on their way. */
  async beat(seconds: number, signal?: AbortSignal): Promise<void> {
    const schedule = new BeatSchedule((due) => this.#fire(due, schedule));
    const now = Date.now();
    const intervalMs = this.#options.interval_seconds * 1000;
    schedule.start(now);
    for (const [index, runtime] of this.runtimes.entries()) {
      if (runtime.identity.fault === 'silence' && runtime.accepted !== null) continue;
      schedule.add({ runtime, kind: 'full', at: now + Math.floor((index / this.runtimes.length) * intervalMs) });
    }
    await elapsed(seconds * 1000, signal);
    schedule.stop();
    await Promise.all(this.#onTheWay);
  }

  #fire(due: Due, schedule: BeatSchedule): void {
    const { runtime, kind } = due;
    if (kind === 'full') for (const following of runtime.next(due.at)) schedule.add({ runtime, ...following });
    const tally = kind === 'full' ? this.#tallies.full : this.#tallies.partial;
    if (runtime.busy) {
      tally.leftOut += 1;
      return;
    }
    const sending = this.#send(due, tally);
    this.#onTheWay.add(sending);
    void sending.then(() => this.#onTheWay.delete(sending));
  }

  async #send({ runtime, kind }: Due, tally: BeatTally): Promise<void> {
    const began = performance.now();
    const beat = runtime.beat(kind, Date.now());
    runtime.busy = true;
    tally.sent += 1;
    try {
      const { status, body } = await this.#client.send('POST', '/registry/heartbeat', { token: runtime.identity.token, body: beat });
      tally.answered(status, body, performance.now() - began);
      if (status === 200) runtime.wasAccepted(beat, Date.now());
    } catch {
      tally.unanswered += 1;
    } finally {
      runtime.busy = false;
    }
  }

  tallies(): { full: KindReport; partial: KindReport } {
    return { full: this.#tallies.full.report(), partial: this.#tallies.partial.report() };
  }

  expectations(now = Date.now()): Expectation[] {
    return this.runtimes.map((runtime) => expectationOf(runtime, this.#options.interval_seconds, now));
  }

  /** Only workspaces of this fleet are looked at. */
  async compare(): Promise<Comparison> {
    const shown = new Map(((await this.#client.call('GET', '/workspaces')) as unknown as WorkspaceCard[]).map((card) => [card.id, card]));
    const different = this.expectations().flatMap((expected) => {
      const how = differences(expected, shown.get(expected.id));
      return how.length > 0 ? [{ id: expected.id, name: expected.name, fault: expected.fault, how }] : [];
    });
    return { as_expected: this.runtimes.length - different.length, different };
  }

  /** Removes what it created; answers how many could not be. */
  async remove(progress?: (left: number) => void): Promise<number> {
    const doomed = [...this.#created];
    await eachOf(doomed, SETTING_UP_AT_ONCE, async (id) => {
      const answer = await this.#client.insist('DELETE', `/workspaces/${id}?confirm=true`).catch(() => null);
      if (answer === null || (answer.status >= 300 && answer.status !== 404 && answer.status !== 410)) return;
      this.#created.splice(this.#created.indexOf(id), 1);
      progress?.(this.#created.length);
    });
    return this.#created.length;
  }

  close(): void {
    this.#client.close();
  }
}

/** The fault of each workspace, in the order of their names. */
function faultsOf({ workspaces, faults, seed }: FleetOptions): (Fault | null)[] {
  const all: (Fault | null)[] = Object.entries(faults).flatMap(([fault, count]) => Array.from({ length: count }, () => fault as Fault));
  while (all.length < workspaces) all.push(null);
  return shuffle(all, seededRandom(seed));
}

function elapsed(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal?.addEventListener('abort', end);
  });
}
