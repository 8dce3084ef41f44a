import type { BulkSubject } from '#lib/domain/bulk-skip.ts';
import type { Deps } from './deps.ts';

/** A workspace as a bulk restart looks at it now; null when it is not there. */
export function bulkSubjectOf(deps: Deps, id: string): BulkSubject | null {
  const live = deps.fleet.find(id);
  if (!live) return null;
  const { status, active_tasks } = live.facts;
  return { provisioned: live.row.provisioner !== 'none', status, under_way: live.run !== null, active_tasks };
}
