import { SHOWN_STATES, type ShownState } from '#lib/contract/workspace-status.ts';
import type { WorkspaceSort } from '#lib/contract/workspaces.ts';

/** The sorts a person may choose. The contract's own list comes with its schemas, which have no place in a browser. */
export const SORT_LABEL: Record<WorkspaceSort, string> = {
  attention: 'Attention',
  name: 'Name',
  since: 'Time in status',
  uptime: 'Uptime',
  errors: 'Error rate',
  beat: 'Last beat',
  tasks: 'Tasks in flight',
};

/** For these the interesting end is the large one. */
export const SORTS_DOWN: Partial<Record<WorkspaceSort, true>> = { since: true, uptime: true, errors: true, beat: true, tasks: true };

export type FleetViewName = 'cards' | 'map';

/** What of the view lives in the address: `/?q=docs&state=wedged,offline&sort=errors`. */
export interface FleetQuery {
  q: string;
  state: readonly ShownState[];
  sort: WorkspaceSort;
  view: FleetViewName;
}

const MAX_SEARCH_CHARS = 200;

/** Reads an address, the server's as the browser's. What means nothing is left out, never an error. */
export function readFleetQuery(param: (name: string) => string | null | undefined): FleetQuery {
  const states = (param('state') ?? '').split(',');
  const sort = param('sort') ?? '';
  return {
    q: (param('q') ?? '').slice(0, MAX_SEARCH_CHARS),
    state: SHOWN_STATES.filter((state) => states.includes(state)),
    sort: Object.hasOwn(SORT_LABEL, sort) ? (sort as WorkspaceSort) : 'attention',
    view: param('view') === 'map' ? 'map' : 'cards',
  };
}

/** The shortest address of a view: what is as usual is left out. */
export function fleetAddress({ q, state, sort, view }: FleetQuery): string {
  const params = new URLSearchParams();
  if (view !== 'cards') params.set('view', view);
  if (q !== '') params.set('q', q);
  if (sort !== 'attention') params.set('sort', sort);
  const text = [params.toString(), state.length > 0 ? `state=${state.join(',')}` : ''].filter((part) => part !== '').join('&');
  return text === '' ? '/' : `/?${text}`;
}
