import type { DelegationFilter } from '#lib/client/delegations.ts';
import type { DelegationPage } from '#lib/contract/delegations.ts';

/** What of /delegations is shown: `/delegations?show=stuck&workspace=…&q=…`. */
export const DELEGATION_VIEWS = ['all', 'open', 'stuck', 'completed', 'failed', 'expired'] as const;
export type DelegationView = (typeof DELEGATION_VIEWS)[number];
export const DELEGATION_VIEW_LABEL: Record<DelegationView, string> = {
  all: 'All',
  open: 'Open',
  stuck: 'Stuck',
  completed: 'Completed',
  failed: 'Failed',
  expired: 'Expired',
};

export interface DelegationsQuery {
  view: DelegationView;
  /** The id of the workspace that gave or was given them; empty: any. */
  workspace: string;
  q: string;
}

const MAX_SEARCH_CHARS = 200;
const MAX_ID_CHARS = 64;

/** Reads an address, the server's as the browser's. What means nothing is the usual view. */
export function readDelegationsQuery(param: (name: string) => string | null | undefined): DelegationsQuery {
  const workspace = param('workspace') ?? '';
  return {
    view: DELEGATION_VIEWS.find((view) => view === param('show')) ?? 'all',
    workspace: workspace.length <= MAX_ID_CHARS ? workspace : '',
    q: (param('q') ?? '').slice(0, MAX_SEARCH_CHARS),
  };
}

/** The shortest address of a view: what is as usual is left out. */
export function delegationsAddress({ view, workspace, q }: DelegationsQuery): string {
  const params = new URLSearchParams();
  if (view !== 'all') params.set('show', view);
  if (workspace !== '') params.set('workspace', workspace);
  if (q !== '') params.set('q', q);
  const text = params.toString();
  return text === '' ? '/delegations' : `/delegations?${text}`;
}

/** The same as the API's query. */
export function filterOf({ view, workspace, q }: DelegationsQuery): DelegationFilter {
  return {
    ...(view === 'all' ? {} : { state: view }),
    ...(workspace === '' ? {} : { workspace }),
    ...(q.trim() === '' ? {} : { q: q.trim() }),
  };
}

/** How many are in each view; null where a number says nothing. */
export function viewCounts(counts: DelegationPage['counts']): Record<DelegationView, number | null> {
  const { pending, dispatched, queued, in_progress, completed, failed, expired, stuck } = counts;
  return { all: null, open: pending + dispatched + queued + in_progress, stuck, completed, failed, expired };
}
