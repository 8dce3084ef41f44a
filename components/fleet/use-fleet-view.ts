'use client';

import { useQueryClient } from '@tanstack/react-query';
import { useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { pageClock } from '#lib/client/clock.ts';
import { nameOf, readCards, readIndex } from '#lib/client/fleet-cache.ts';
import { createFleetChanges } from '#lib/client/fleet-changes.ts';
import { pageHold } from '#lib/client/order-hold.ts';
import { settleOrder } from '#lib/client/settle-order.ts';
import { NEEDS_PERSON, type ShownState } from '#lib/contract/workspace-status.ts';
import { selectWorkspaces } from '#lib/domain/select-workspaces.ts';
import { shownState } from '#lib/domain/shown-state.ts';
import { type FleetQuery, SORTS_DOWN } from './fleet-params.ts';

/** Counts and totals as the server knew them, for as long as the browser has only the first cards. */
export interface FirstTotals {
  counts: Record<ShownState, number>;
  total: number;
}

export interface FleetView {
  /** Ids that need a person; empty unless sorted by attention. */
  needs: readonly string[];
  rest: readonly string[];
  /** How many match by shown state, the state filter left aside. */
  counts: Record<ShownState, number>;
  total: number;
  complete: boolean;
  /** The sample team is in it, shown or not. */
  hasSample: boolean;
  /** The order waits for the person; it would be another one. */
  waiting: boolean;
}

/** What the platform labels the sample team's workspaces with. */
const SAMPLE_LABEL = 'canvas.sample';
const NONE: readonly string[] = [];

/** What of the fleet is shown, and in which order. Made anew a few times a second at most; equal lists stay the same object. */
export function useFleetView(query: FleetQuery, first: FirstTotals): FleetView {
  const client = useQueryClient();
  const [changes] = useState(() => createFleetChanges(client));
  const version = useSyncExternalStore(changes.subscribe, changes.version, () => 0);
  const released = useSyncExternalStore(subscribeHold, pageHold.held, () => false);
  const shown = useRef({ key: '', needs: NONE, rest: NONE });

  // biome-ignore lint/correctness/useExhaustiveDependencies: `version` and `released` say when to look again
  return useMemo(() => {
    const begun = performance.now();
    const now = pageClock.now();
    const cards = readCards(client);
    const { items, counts, total } = selectWorkspaces(
      cards,
      {
        q: query.q,
        state: query.state.length > 0 ? query.state : undefined,
        sort: query.sort,
        order: SORTS_DOWN[query.sort] ? 'desc' : 'asc',
      },
      { now, nameOf: (id) => nameOf(client, id) },
    );
    const split = query.sort === 'attention' ? items.findIndex((card) => !NEEDS_PERSON[shownState(card)]) : 0;
    const ids = items.map((card) => card.id);
    const wantedNeeds = split < 0 ? ids : ids.slice(0, split);
    const wantedRest = split < 0 ? NONE : ids.slice(split);
    const key = JSON.stringify(query);
    const last = shown.current;
    const held = last.key === key && pageHold.held();
    const { needs, rest } = settleSections(last, wantedNeeds, wantedRest, held);
    shown.current = { key, needs, rest };
    changes.cost(performance.now() - begun);
    const complete = readIndex(client).complete;
    const waiting =
      held &&
      (needs.length !== wantedNeeds.length || needs.some((id, i) => id !== wantedNeeds[i]) || rest.some((id, i) => id !== wantedRest[i]));
    const hasSample = cards.some((card) => card.labels[SAMPLE_LABEL] !== undefined);
    return { needs, rest, counts: complete ? counts : first.counts, total: complete ? total : first.total, complete, hasSample, waiting };
  }, [client, changes, version, released, query, first]);
}

function subscribeHold(listener: () => void): () => void {
  return pageHold.onRelease(listener);
}

/** While held, a card stays in the section it is in; without a hold both are as wanted. */
function settleSections(
  last: { needs: readonly string[]; rest: readonly string[] },
  needs: readonly string[],
  rest: readonly string[],
  held: boolean,
) {
  if (!held) return { needs: settleOrder(last.needs, needs, false), rest: settleOrder(last.rest, rest, false) };
  const inNeeds = new Set(last.needs);
  const inRest = new Set(last.rest);
  const stay = (mine: Set<string>, other: Set<string>, wanted: readonly string[], elsewhere: readonly string[]) => [
    ...wanted.filter((id) => !other.has(id)),
    ...elsewhere.filter((id) => mine.has(id)),
  ];
  return {
    needs: settleOrder(last.needs, stay(inNeeds, inRest, needs, rest), true),
    rest: settleOrder(last.rest, stay(inRest, inNeeds, rest, needs), true),
  };
}
