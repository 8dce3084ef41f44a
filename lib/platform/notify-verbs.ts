import { z } from 'zod';
import { CanvasError } from '#lib/contract/errors.ts';
import { type NotifyAnswer, notifySchema } from '#lib/contract/incidents.ts';
import { workspaceIdSchema } from '#lib/contract/workspaces.ts';
import { quietCloseMs } from '#lib/domain/incident-quiet.ts';
import {
  delegationIncidentKey,
  findingOfMessage,
  type Said,
  type SpokenOf,
  saidOfDelegation,
  tellsResult,
} from '#lib/domain/notify-finding.ts';
import { scrub } from '#lib/domain/scrub.ts';
import { newId } from '#lib/store/new-id.ts';
import { delegationsToldInWords, delegationToldById, type ToldDelegation } from '#lib/store/told-delegation.ts';
import { allowSelf, refuseStranger } from './allow.ts';
import type { IncidentDesk } from './incident-desk.ts';
import { readVerb } from './verb.ts';

/**
 * A workspace tells the operator something. Written in groups, and with no row in the audit: what it said is itself the
 * record. The result of a delegation is told once.
 */
export const notify = readVerb({
  name: 'notify',
  input: z.object({ id: workspaceIdSchema, said: notifySchema }),
  allow: (actor, input, deps) => {
    if (actor.kind === 'anonymous') refuseStranger(actor);
    if (actor.kind !== 'workspace')
      throw new CanvasError('forbidden', `Only workspace ${input.id} itself, with its token, tells the operator something.`);
    allowSelf(actor, input);
    deps.fleet.get(input.id);
  },
  run: ({ now, deps }, { id, said: body }): Promise<NotifyAnswer> => {
    const { message, attachments } = scrub({ message: body.message, attachments: body.attachments ?? [] }).value as {
      message: string;
      attachments: { name: string; url?: string | null }[];
    };
    const said: Said = { workspace: { id, name: deps.fleet.get(id).row.name }, message, type: body.type ?? null, at: now, id: newId(now) };
    return deps.incidents.write((desk) => file(desk, said, attachments, body.delegation_id ?? null));
  },
});

async function file(
  desk: IncidentDesk,
  said: Said,
  attachments: { name: string; url?: string | null }[],
  delegationId: string | null,
): Promise<NotifyAnswer> {
  const isResult = tellsResult(said, delegationId);
  const spokenOf = await delegationSpokenOf(desk, said, delegationId, isResult);
  const found = findingOfMessage(said, isResult, spokenOf);
  const known = await desk.known(found.key);
  if (known && isResult && (spokenOf !== null || (await desk.wasSaid(known, said.message)))) {
    return { status: 'sent', incident_id: known.id, duplicate: true };
  }
  if (known && known.closed_at === null && said.at - known.last_at > quietCloseMs(known)) {
    desk.close(known, 'Nothing more was said', known.last_at);
  }
  const raised = await desk.raise(found, { text: said.message, attachments });
  const incident = raised?.incident ?? known;
  if (!incident) throw new Error('a message of a workspace made no incident');
  return { status: 'sent', incident_id: incident.id };
}

/**
 * The reference runtime names no delegation in a result: it is the newest ended one of that workspace that its words fit and
 * that was not told yet, else the newest that they fit.
 */
async function delegationSpokenOf(
  desk: IncidentDesk,
  said: Said,
  delegationId: string | null,
  isResult: boolean,
): Promise<SpokenOf | null> {
  if (delegationId === null && !isResult) return null;
  const row = delegationId === null ? await notToldYet(desk, said) : await delegationToldById(desk.tx, said.workspace.id, delegationId);
  return row && { id: row.id, trace_id: row.trace_id, failed: row.status !== 'completed' };
}

async function notToldYet(desk: IncidentDesk, { workspace, message }: Said): Promise<ToldDelegation | null> {
  const words = saidOfDelegation(message);
  if (!words) return null;
  const fitting = await delegationsToldInWords(desk.tx, workspace.id, words);
  for (const row of fitting) if ((await desk.known(delegationIncidentKey(workspace.id, row.id))) === null) return row;
  return fitting[0] ?? null;
}
