import { z } from 'zod';
import { delegationsQuerySchema } from '#lib/contract/delegations.ts';
import { type BarsAnswer, type HistoryAnswer, historyQuerySchema } from '#lib/contract/history.ts';
import { workspaceIdSchema } from '#lib/contract/workspaces.ts';
import { barsAt, MINUTE_MS, minutesOfHour } from '#lib/domain/history-ring.ts';
import { delegationsOf } from '#lib/store/delegation-lists.ts';
import { hoursOf, minutesOf } from '#lib/store/history.ts';
import { newestEvents } from '#lib/store/ledger.ts';
import { allowOperator, allowSelf } from './allow.ts';
import { readVerb } from './verb.ts';

const HOUR_MS = 60 * MINUTE_MS;
const NEWEST_EVENTS = 100;
const byId = z.object({ id: workspaceIdSchema });

/** The last hour of many, a letter a minute. Ids that are unknown are left out: they may have been removed meanwhile. */
export const historyBars = readVerb({
  name: 'historyBars',
  input: z.object({ ids: z.array(z.string().max(64)).max(500) }),
  allow: allowOperator,
  run: ({ deps, now }, { ids }): BarsAnswer => {
    const minute = Math.floor(now / MINUTE_MS);
    const bars: Record<string, string> = {};
    for (const id of ids) {
      const live = deps.fleet.find(id);
      if (live) bars[id] = barsAt(live.ring, minute);
    }
    return { minute, bars };
  },
});

export const workspaceHistory = readVerb({
  name: 'workspaceHistory',
  input: byId.and(historyQuerySchema),
  allow: (actor, { id }, deps) => {
    allowOperator(actor);
    deps.fleet.get(id);
  },
  run: async ({ deps, now }, { id, hours, days }): Promise<HistoryAnswer> => {
    const { ring } = deps.fleet.get(id);
    const hour = Math.floor(now / HOUR_MS);
    const stored = hours === undefined && days !== undefined ? [] : await minutesOf(deps.store.db, id, hour - (hours ?? 24));
    const from = Math.floor(now / MINUTE_MS) - (hours ?? 24) * 60;
    const fresh = new Map(stored.map((minute) => [minute.minute, minute]));
    // Memory is at most one flush ahead of the store.
    if (stored.length > 0 || days === undefined) {
      for (const minute of minutesOfHour(ring, hour, Math.floor(now / MINUTE_MS))) fresh.set(minute.minute, minute);
    }
    return {
      workspace_id: id,
      now,
      minutes: [...fresh.values()].filter((minute) => minute.minute > from).sort((a, b) => a.minute - b.minute),
      hours: days === undefined ? [] : await hoursOf(deps.store.db, id, hour - days * 24),
    };
  },
});

export const newestLedger = readVerb({
  name: 'events',
  input: z.object({}),
  allow: allowOperator,
  run: ({ deps }) => newestEvents(deps.store.db, { limit: NEWEST_EVENTS }),
});

export const workspaceEvents = readVerb({
  name: 'workspaceEvents',
  input: byId,
  allow: (actor, { id }, deps) => {
    allowOperator(actor);
    deps.fleet.get(id);
  },
  run: ({ deps }, { id }) => newestEvents(deps.store.db, { workspaceId: id, limit: NEWEST_EVENTS }),
});

export const listDelegations = readVerb({
  name: 'listDelegations',
  input: byId.and(delegationsQuerySchema),
  allow: (actor, input, deps) => {
    allowSelf(actor, input);
    deps.fleet.get(input.id);
  },
  run: async ({ deps }, { id, limit, cursor }) => delegationsOf(deps.store.db, id, { limit, cursor }),
});
