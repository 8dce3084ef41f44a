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

/** A delegation that the workspace gave. */
export interface SpokenOf {
  id: string;
  trace_id: string;
  failed: boolean;
}

/** `Delegation <status>: <summary>`, as runtimes tell of a result. */
export function saidOfDelegation(message: string): { status: string; summary: string } | null {
  const [, status, summary] = /^Delegation (\w{1,20}): ([^\n]*)/.exec(message) ?? [];
  return status === undefined || summary === undefined ? null : { status, summary };
}

/** What an agent says in its own words is no result, also when it names the delegation that it speaks of. */
export function tellsResult({ type }: Pick<Said, 'type'>, delegationId: string | null): boolean {
  return type === 'delegation_result' || (delegationId !== null && type !== 'agent_message' && type !== 'possible_injection');
}

/**
 * The incident that a message of a workspace belongs to. Results that no delegation fits (`spokenOf`: null) share one, or
 * whoever invents results would fill the inbox.
 */
export function findingOfMessage(said: Said, isResult: boolean, spokenOf: SpokenOf | null): Finding {
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
  const told = {
    ...base,
    title: `${workspace.name}: ${head}`,
    delegation_id: spokenOf?.id ?? null,
    trace_id: spokenOf?.trace_id || null,
  };
  if (!isResult) return { ...told, kind: 'agent_message', severity: 'info', key: incidentKey('agent_message', workspace.id) };
  if (spokenOf === null) return { ...told, kind: 'delegation', severity: 'info', key: incidentKey('delegation', workspace.id) };
  return {
    ...told,
    kind: 'delegation',
    severity: spokenOf.failed ? 'warning' : 'info',
    key: delegationIncidentKey(workspace.id, spokenOf.id),
    facts: spokenOf.id,
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
