import { cutText } from '#lib/contract/heartbeat.ts';
import type { IncidentKind } from '#lib/contract/incidents.ts';
import { type Finding, oneLine } from './incident-state.ts';

const MAX_HEAD = 120;

/** What a workspace said, scrubbed. */
export interface Said {
  workspace: { id: string; name: string };
  message: string;
  type: string | null;
  at: number;
  /** Of each message another. */
  id: string;
}

/** The delegation that it is about; `key` stands for it where no row was found. */
export interface AboutDelegation {
  key: string;
  delegation_id: string | null;
  trace_id: string | null;
  failed: boolean;
}

/** `Delegation <status>: <summary>`, as runtimes tell of a result. */
export function saidOfDelegation(message: string): { status: string; summary: string } | null {
  const [, status, summary] = /^Delegation (\w{1,20}): ([^\n]*)/.exec(message) ?? [];
  return status === undefined || summary === undefined ? null : { status, summary };
}

export function isAboutDelegation(said: Pick<Said, 'type' | 'message'>, delegationId: string | null): boolean {
  return delegationId !== null || said.type === 'delegation_result';
}

/** The incident that a message of a workspace belongs to. `about`: null when it is about no delegation. */
export function findingOfMessage(said: Said, about: AboutDelegation | null): Finding {
  const { workspace, message, at } = said;
  const head = cutText(oneLine(message.split('\n', 1)[0] ?? '') || oneLine(message), MAX_HEAD);
  const base = { workspace_id: workspace.id, workspace_name: workspace.name, detail: message, at, facts: said.id };
  if (said.type === 'possible_injection') {
    return {
      ...base,
      kind: 'injection',
      severity: 'warning',
      key: incidentKey('injection', workspace.id),
      title: `${workspace.name} met a possible prompt injection: ${head}`,
    };
  }
  if (about) {
    return {
      ...base,
      kind: 'delegation',
      severity: about.failed ? 'warning' : 'info',
      key: delegationIncidentKey(workspace.id, about.key),
      facts: about.key,
      title: `${workspace.name}: ${head}`,
      delegation_id: about.delegation_id,
      trace_id: about.trace_id,
    };
  }
  return {
    ...base,
    kind: 'agent_message',
    severity: 'info',
    key: incidentKey('agent_message', workspace.id),
    title: `${workspace.name}: ${head}`,
  };
}

/** Workspace and cause. */
export function incidentKey(kind: IncidentKind, of: string): string {
  return `${kind} ${of}`;
}

/** Of the result of one delegation. */
export function delegationIncidentKey(workspaceId: string, delegation: string): string {
  return incidentKey('delegation', `${workspaceId} ${delegation}`);
}
