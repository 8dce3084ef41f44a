import type { QueryClient } from '@tanstack/react-query';
import type { DelegationDetail, DelegationPage, ShownDelegation } from '#lib/contract/delegations.ts';
import type { Trace } from '#lib/contract/traces.ts';
import { callApi } from './api.ts';

/** What of all delegations is wanted; an absent one filters nothing. */
export interface DelegationFilter {
  /** States, comma-separated, or `open`, `ended`, `stuck`. */
  state?: string;
  workspace?: string;
  source?: string;
  target?: string;
  q?: string;
}

export const delegationKeys = {
  lists: ['delegations'] as const,
  list: (filter: DelegationFilter) => ['delegations', filter] as const,
  one: (did: string) => ['delegation', did] as const,
  trace: (traceId: string) => ['trace', traceId] as const,
};

const within = (signal: AbortSignal | undefined) => (signal === undefined ? {} : { signal });

export const fetchDelegations = (filter: DelegationFilter, page: { limit?: number; cursor?: string | null } = {}, signal?: AbortSignal) =>
  callApi<DelegationPage>('GET /delegations', {
    query: { ...filter, limit: page.limit, cursor: page.cursor ?? undefined },
    ...within(signal),
  });
export const fetchDelegation = (did: string, signal?: AbortSignal) =>
  callApi<DelegationDetail>('GET /delegations/:did', { params: { did }, ...within(signal) });
export const fetchTrace = (trace: string, signal?: AbortSignal) =>
  callApi<Trace>('GET /traces/:trace', { params: { trace }, ...within(signal) });

/** Answers the delegation that goes on: a new one when the asked one had ended. */
export const retryDelegation = (did: string) => callApi<ShownDelegation>('POST /delegations/:did/retry', { params: { did }, body: {} });
export const cancelDelegation = (did: string, reason: string) =>
  callApi<ShownDelegation>('POST /delegations/:did/cancel', { params: { did }, body: reason === '' ? {} : { reason } });

interface KeptPages {
  pages: DelegationPage[];
  pageParams: (string | null)[];
}

/**
 * Shows a delegation as it will be, wherever it is shown, before the platform has answered. Answers how to go back; what
 * was fetched meanwhile is newer than both and stays.
 */
export async function showDelegation(client: QueryClient, did: string, change: Partial<ShownDelegation>): Promise<() => void> {
  // An answer that is on its way knows nothing of this yet, and would undo it on the screen.
  await Promise.all([
    client.cancelQueries({ queryKey: delegationKeys.lists }),
    client.cancelQueries({ queryKey: delegationKeys.one(did) }),
  ]);
  const before: [readonly unknown[], unknown, unknown][] = [];
  const put = (key: readonly unknown[], kept: unknown, next: unknown) => {
    before.push([key, kept, next]);
    client.setQueryData(key, next);
  };
  for (const [key, kept] of client.getQueriesData<KeptPages>({ queryKey: delegationKeys.lists })) {
    if (kept?.pages.some(({ items }) => items.some((one) => one.delegation_id === did)) !== true) continue;
    const pages = kept.pages.map((page) => ({
      ...page,
      items: page.items.map((one) => (one.delegation_id === did ? { ...one, ...change } : one)),
    }));
    put(key, kept, { ...kept, pages });
  }
  const one = client.getQueryData<DelegationDetail>(delegationKeys.one(did));
  if (one !== undefined) put(delegationKeys.one(did), one, { ...one, ...change });
  return () => {
    for (const [key, kept, shown] of before) if (client.getQueryData(key) === shown) client.setQueryData(key, kept);
  };
}
