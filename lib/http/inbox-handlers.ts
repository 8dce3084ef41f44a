import type { INBOX_ENDPOINTS } from '#lib/contract/inbox-endpoints.ts';
import { assignIncident, getIncident, listInbox, readInbox } from '#lib/platform/inbox-verbs.ts';
import { createMute, deleteMute } from '#lib/platform/mute-verbs.ts';
import { notify } from '#lib/platform/notify-verbs.ts';
import { getPreferences, patchPreferences } from '#lib/platform/preference-verbs.ts';
import type { Call } from './call.ts';

/** `self` is the workspace that asks. */
function idOf({ params, actor }: Call): string {
  const id = params['id'] ?? '';
  return id === 'self' && actor.kind === 'workspace' ? actor.id : id;
}

const incidentOf = ({ params }: Call) => ({ incident: params['incident'] ?? '' });

export const INBOX_HANDLERS: Record<keyof typeof INBOX_ENDPOINTS, (call: Call) => unknown> = {
  notify: (call) => notify(call.deps, call.actor, { id: idOf(call), said: call.body as Parameters<typeof notify>[2]['said'] }),
  inbox: ({ deps, actor, query }) => listInbox(deps, actor, query as Parameters<typeof listInbox>[2]),
  getIncident: (call) => getIncident(call.deps, call.actor, incidentOf(call)),
  readInbox: ({ deps, actor, body }) => readInbox(deps, actor, body as Parameters<typeof readInbox>[2]),
  assignIncident: (call) =>
    assignIncident(call.deps, call.actor, { ...call.body, ...incidentOf(call) } as Parameters<typeof assignIncident>[2]),
  createMute: ({ deps, actor, body }) => createMute(deps, actor, body as Parameters<typeof createMute>[2]),
  deleteMute: (call) => deleteMute(call.deps, call.actor, { mute: call.params['mute'] ?? '' }),
  getPreferences: ({ deps, actor }) => getPreferences(deps, actor, {}),
  patchPreferences: ({ deps, actor, body }) => patchPreferences(deps, actor, body as Parameters<typeof patchPreferences>[2]),
};
