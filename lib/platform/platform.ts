import { newRing, restoreMinutes } from '#lib/domain/history-ring.ts';
import { newFacts } from '#lib/domain/workspace-facts.ts';
import type { AgentTransport } from '#lib/ports/agent-transport.ts';
import type { ChannelSenders } from '#lib/ports/channel-sender.ts';
import type { Provisioner } from '#lib/ports/provisioner.ts';
import { validApiTokens } from '#lib/store/api-tokens.ts';
import { minutesOfAll } from '#lib/store/history.ts';
import { ledgerEpoch, newestSeq } from '#lib/store/ledger.ts';
import type { Store } from '#lib/store/store.ts';
import { validTokens } from '#lib/store/tokens.ts';
import { allFacts } from '#lib/store/workspace-facts.ts';
import { allWorkspaces, removedIds } from '#lib/store/workspaces.ts';
import { AgentAddresses } from './agent-address.ts';
import { ApiTokenBook } from './api-token-book.ts';
import { BeatClock } from './beat-clock.ts';
import { BulkRestarts } from './bulk-restarts.ts';
import { Delegations } from './delegations.ts';
import { Delivery } from './delivery.ts';
import { DeliveryWriter } from './delivery-writer.ts';
import type { Deps, Log, PlatformOptions } from './deps.ts';
import { cardOf, Fleet, patchOf } from './fleet.ts';
import { startHousekeeping } from './housekeeping.ts';
import { IncidentWatch } from './incident-watch.ts';
import { IncidentWriter } from './incident-writer.ts';
import { LiveFeed } from './live-feed.ts';
import { createOneAtATime } from './one-at-a-time.ts';
import { Outbox } from './outbox.ts';
import { queueDeliveries } from './outbox-queue.ts';
import { RestartRuns } from './restart-runs.ts';
import { StatusWriter } from './status-writer.ts';
import { TokenBook } from './token-book.ts';
import { Unflushed } from './unflushed.ts';
import { WorkspaceKeeper } from './workspace-keeper.ts';

export interface PlatformParts {
  store: Store;
  provisioner: Provisioner | null;
  transport: AgentTransport;
  /** Rejects with `forbidden` when nothing may be sent to the host of this address. */
  checkTarget: (url: string, mustBeFound?: boolean) => Promise<void>;
  senders: ChannelSenders;
  now: () => number;
  log: Log;
  options: PlatformOptions;
}

export interface Platform {
  deps: Deps;
  /** Begins the loops and brings provisioned workspaces back. Call it once the server listens. */
  start(): Promise<void>;
  /**
   * First half of the end, while the server still answers: the processes it provisioned say goodbye and end, or are
   * left to be found again.
   */
  endWorkspaces(how: 'stop' | 'leave'): Promise<void>;
  /** Second half: stops the loops and writes what is not written yet. */
  close(): Promise<void>;
}

/** Reads the fleet from the store and builds the platform around it. Nothing runs yet. */
export async function createPlatform({
  store,
  provisioner,
  transport,
  checkTarget,
  senders,
  now,
  log,
  options,
}: PlatformParts): Promise<Platform> {
  const fleet = new Fleet();
  const tokens = new TokenBook();
  await readFleet(store, fleet, now());
  for (const token of await validTokens(store.db, now())) tokens.add(token.hash, token);
  const apiTokens = new ApiTokenBook();
  for (const token of await validApiTokens(store.db)) apiTokens.add(token.hash, token);
  const feed = new LiveFeed(
    await newestSeq(store.db),
    (id) => {
      const live = fleet.find(id);
      return live ? cardOf(live) : null;
    },
    (id) => {
      const live = fleet.find(id);
      return live ? patchOf(live, now()) : null;
    },
  );
  const oneAtATime = createOneAtATime();
  const writer = new DeliveryWriter({ store, oneAtATime, publish: (events) => feed.publish(events), log });
  const deps: Deps = {
    store,
    ledgerEpoch: await ledgerEpoch(store.db),
    fleet,
    tokens,
    apiTokens,
    feed,
    oneAtATime,
    statuses: new StatusWriter({ store, oneAtATime, publish: (events) => feed.publish(events), now, log }),
    unflushed: new Unflushed({ store, oneAtATime, all: () => fleet.all(), isKnown: (live) => fleet.find(live.row.id) === live, now, log }),
    clock: new BeatClock(() => deps),
    keeper: new WorkspaceKeeper(() => deps),
    runs: new RestartRuns(() => deps),
    bulk: new BulkRestarts(
      () => deps,
      () => deps.runs,
    ),
    incidentWatch: new IncidentWatch(() => deps),
    incidents: new IncidentWriter({
      store,
      oneAtATime,
      publish: (events) => feed.publish(events),
      queue: (tx, changes) => queueDeliveries(tx, deps, changes),
      now,
      log,
    }),
    delivery: new Delivery(() => deps, writer),
    delegations: new Delegations(() => deps),
    writer,
    provisioner,
    transport,
    checkTarget,
    senders,
    outbox: new Outbox(() => deps),
    addresses: new AgentAddresses(() => deps),
    now,
    log,
    options,
  };
  await deps.incidentWatch.recover();
  await deps.delivery.recover();
  await deps.outbox.recover();
  await deps.delegations.recover();
  let stopHousekeeping = () => {};
  return {
    deps,
    start: async () => {
      deps.clock.start();
      stopHousekeeping = startHousekeeping(deps);
      await deps.runs.recover();
      await deps.keeper.recover();
      deps.runs.begin();
      deps.delegations.begin();
      deps.delivery.begin();
      await deps.bulk.recover();
      deps.outbox.begin();
      deps.incidentWatch.begin();
    },
    endWorkspaces: async (how) => {
      deps.clock.stop();
      await deps.incidentWatch.hold();
      await deps.bulk.close();
      deps.runs.close();
      deps.delegations.close();
      deps.delivery.hold();
      await deps.keeper.close(how);
    },
    close: async () => {
      deps.clock.stop();
      await deps.bulk.close();
      deps.runs.close();
      stopHousekeeping();
      await deps.outbox.close();
      deps.delegations.close();
      await deps.delivery.close();
      await deps.incidentWatch.close();
      await deps.incidents.close();
      await deps.statuses.close();
      await deps.unflushed.close();
      feed.close();
      transport.close();
    },
  };
}

async function readFleet(store: Store, fleet: Fleet, now: number): Promise<void> {
  const facts = await allFacts(store.db);
  for (const row of await allWorkspaces(store.db)) {
    const known = facts.get(row.id)?.facts ?? newFacts(row.provisioner !== 'none', row.created_at);
    fleet.add({
      row,
      facts: known,
      ring: newRing(),
      rev: now,
      instance: null,
      run: null,
      queued: 0,
      activity: 0,
      activityAt: 0,
      unsaved: null,
    });
  }
  fleet.rememberRemoved(await removedIds(store.db));
  const lastHour = Math.floor(now / 3_600_000) - 1;
  for await (const rows of minutesOfAll(store.db, lastHour)) {
    for (const row of rows) {
      const live = fleet.find(row.workspace_id);
      if (live) restoreMinutes(live.ring, row.minutes);
    }
  }
}
