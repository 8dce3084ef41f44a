import type { BULK_ENDPOINTS } from '#lib/contract/restart-endpoints.ts';
import { abortBulk, bulkPreview, getBulk, listBulk, pauseBulk, resumeBulk, startBulk } from '#lib/platform/bulk-verbs.ts';
import type { Call } from './call.ts';

const idOf = ({ params }: Call) => ({ id: params['bulk'] ?? '' });

/** A command answers what the bulk restart is like after it. */
const commanded = (command: typeof pauseBulk) => async (call: Call) =>
  getBulk(call.deps, call.actor, await command(call.deps, call.actor, idOf(call)));

export const BULK_HANDLERS: Record<keyof typeof BULK_ENDPOINTS, (call: Call) => unknown> = {
  bulkPreview: ({ deps, actor, body }) => bulkPreview(deps, actor, body as Parameters<typeof bulkPreview>[2]),
  startBulk: ({ deps, actor, body }) => startBulk(deps, actor, body as Parameters<typeof startBulk>[2]),
  listBulk: ({ deps, actor }) => listBulk(deps, actor, {}),
  getBulk: (call) => getBulk(call.deps, call.actor, idOf(call)),
  pauseBulk: commanded(pauseBulk),
  resumeBulk: commanded(resumeBulk),
  abortBulk: commanded(abortBulk),
};
