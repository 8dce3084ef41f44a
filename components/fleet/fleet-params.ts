import { createLoader, parseAsArrayOf, parseAsString, parseAsStringLiteral } from 'nuqs/server';
import { SHOWN_STATES } from '#lib/contract/workspace-status.ts';
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
const SORTS = Object.keys(SORT_LABEL) as WorkspaceSort[];

/** For these the interesting end is the large one. */
export const SORTS_DOWN: Partial<Record<WorkspaceSort, true>> = { since: true, uptime: true, errors: true, beat: true, tasks: true };

/** What of the view lives in the address. */
export const fleetParams = {
  q: parseAsString.withDefault(''),
  state: parseAsArrayOf(parseAsStringLiteral(SHOWN_STATES)).withDefault([]),
  sort: parseAsStringLiteral(SORTS).withDefault('attention'),
};

export const loadFleetParams = createLoader(fleetParams);
