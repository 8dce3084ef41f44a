import { DELEGATION_LABEL, DELEGATION_SHAPE, DELEGATION_TONE } from '#components/delegations/delegation-words.ts';
import { RUN_KIND_LABEL, RUN_STATE_LABEL, RUN_TONE } from '#components/restarts/run-words.ts';
import { SHOWN_TONE, type Tone } from '#components/status/shown-tone.ts';
import { formatBytes } from '#components/ui/format-bytes.ts';
import type { LedgerEvent } from '#lib/contract/events.ts';
import { RUN_ENDS } from '#lib/contract/restart-steps.ts';
import { SHOWN_STATE_LABEL, type ShownState } from '#lib/contract/workspace-status.ts';
import { shownState } from '#lib/domain/shown-state.ts';

export interface EventText {
  title: string;
  detail: string;
  tone: Tone;
  shape: ShownState | null;
}

const quiet = (title: string, detail = ''): EventText => ({ title, detail, tone: 'off', shape: null });

function endOf(code: number | null, signal: string | null): string {
  if (signal !== null) return `Its process ended by ${signal}`;
  return code === null ? 'Its process ended' : `Its process ended with code ${code}`;
}

function stepText({ kind, step, says }: Extract<LedgerEvent, { type: 'restart.step' }>['data']): EventText {
  const shape = step === 'failed' ? 'failed' : RUN_ENDS.includes(step) ? null : step === 'started' ? 'restarting' : 'draining';
  const title = RUN_ENDS.includes(step)
    ? `${RUN_KIND_LABEL[kind]} ${RUN_STATE_LABEL[step].toLowerCase()}`
    : `${RUN_KIND_LABEL[kind]}: ${says}`;
  return { title, detail: '', tone: RUN_TONE[step], shape };
}

function delegationText({ state, summary }: Extract<LedgerEvent, { type: 'delegation.changed' }>['data']): EventText {
  const shape = state === 'completed' ? null : DELEGATION_SHAPE[state];
  return { title: `Delegation: ${DELEGATION_LABEL[state].toLowerCase()}`, detail: summary, tone: DELEGATION_TONE[state], shape };
}

const INCIDENT_CHANGE: Record<Extract<LedgerEvent, { type: 'incident.changed' }>['data']['change'], string> = {
  opened: 'an incident',
  again: 'it happened again',
  closed: 'it is over',
  assigned: 'who takes care of it changed',
};

/** One row of the ledger in words. A kind that is not known here yet is shown by its own name. */
export function eventText(event: LedgerEvent): EventText {
  switch (event.type) {
    case 'workspace.status': {
      const shape = shownState({ status: event.data.to, cause: event.data.cause, late: false, token_rejected_at: null });
      return { title: SHOWN_STATE_LABEL[shape], detail: event.data.reason, tone: SHOWN_TONE[shape], shape };
    }
    case 'workspace.created':
      return quiet('Created', event.data.provisioner === 'process' ? 'Started by Canvas as a process of its own machine' : '');
    case 'workspace.changed':
      return quiet(`Changed: ${event.data.fields.join(', ')}`, event.data.fields.includes('name') ? event.data.name : '');
    case 'workspace.removed':
      return quiet('Removed');
    case 'workspace.registered':
      return quiet(
        'Registered',
        event.data.url === null ? `delivery by ${event.data.delivery_mode}` : `${event.data.url}, delivery by ${event.data.delivery_mode}`,
      );
    case 'workspace.card_updated':
      return quiet('Sent its agent card', event.data.name ?? '');
    case 'workspace.booted':
      return quiet(event.data.previous_boot_id === null ? 'Booted' : 'Restarted', event.data.boot_id ?? '');
    case 'token.created':
      return quiet('Token made', `${event.data.prefix}…${event.data.rotate ? ', to replace the older ones' : ''}`);
    case 'token.revoked':
      return quiet('Token revoked', `${event.data.prefix}…`);
    case 'token.rejected':
      return { title: 'Token rejected', detail: event.data.why, tone: 'bad', shape: 'token_rejected' };
    case 'token.accepted_again':
      return quiet('Token accepted again');
    case 'join_code.created':
      return quiet('Join code made');
    case 'join_code.used':
      return quiet('Join code used');
    case 'restart.step':
      return stepText(event.data);
    case 'restart.forced':
      return { title: 'Forced: work in flight is not waited for', detail: '', tone: 'warn', shape: 'draining' };
    case 'snapshot.saved':
      return quiet('Snapshot saved', formatBytes(event.data.bytes));
    case 'message.failed':
      return { title: `A message from ${event.data.sender_name} failed`, detail: event.data.why, tone: 'bad', shape: 'failed' };
    case 'message.expired':
      return { title: `A message from ${event.data.sender_name} expired`, detail: '', tone: 'bad', shape: 'offline' };
    case 'message.dropped':
      return quiet(`A message from ${event.data.sender_name} was dropped`, event.data.why);
    case 'message.retried':
      return quiet(`A message from ${event.data.sender_name} is delivered again`);
    case 'delegation.changed':
      return delegationText(event.data);
    case 'incident.changed':
      return quiet(`In the inbox: ${INCIDENT_CHANGE[event.data.change]}`, event.data.title);
    case 'process.started':
      return quiet(
        event.data.attempt > 1 ? `Process started, attempt ${event.data.attempt}` : 'Process started',
        event.data.pid === null ? '' : `pid ${event.data.pid}`,
      );
    case 'process.ended':
      return { ...quiet(endOf(event.data.code, event.data.signal), event.data.output), shape: 'offline' };
    case 'process.gave_up':
      return {
        title: `Left alone after ${event.data.restarts} restarts in ${Math.round(event.data.window_seconds / 60)} min`,
        detail: event.data.output,
        tone: 'bad',
        shape: 'failed',
      };
    default:
      return quiet((event as { type: string }).type);
  }
}
