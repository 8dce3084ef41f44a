import { randomUUID } from 'node:crypto';
import type { DelegationRow } from '#lib/contract/delegations.ts';
import { CanvasError, type ErrorCode, errorCodeOf } from '#lib/contract/errors.ts';
import type { Peer } from '#lib/contract/registry.ts';
import { traceparentOf } from '#lib/contract/traces.ts';
import type { AgentHost } from './agent.ts';
import { askWorkspace } from './ask-workspace.ts';
import { giveDelegation } from './delegation-calls.ts';
import type { Gate } from './gate.ts';
import { type Log, sentenceOf } from './log.ts';
import { type PlatformClient, refusalOf } from './platform-client.ts';
import { selfGivenWork, signalOfWork, traceOfWork } from './self-given-work.ts';
import type { Wedge } from './wedge.ts';
import type { WorkInHand } from './work-in-hand.ts';
import type { WorkMeter } from './work-meter.ts';

/** Long enough for a peer that is restarted with work in flight: one agent's job in ten takes longer. */
const ASK_TIMEOUT_MS = 15 * 60_000;
const DELEGATE_TIMEOUT_MS = 2 * 60_000;
/** With these a workspace refuses its own messages, unbegun: from an agent that was refused itself they would say too much. */
const OWN_REFUSALS: ReadonlySet<ErrorCode> = new Set(['draining', 'interrupted', 'overloaded']);

export interface HostParts {
  workspaceId: string;
  folder: string;
  mcpUrl: string | null;
  client: PlatformClient;
  meter: WorkMeter;
  work: WorkInHand;
  gate: Gate;
  wedge: Wedge;
  log: Log;
  /** Called with the id of each delegation that was given, with null for one that had been given before. */
  onDelegated: (delegationId: string | null) => void;
}

/** What a runtime lends to its agent. */
export function agentHost({ workspaceId, folder, mcpUrl, client, meter, work, gate, wedge, log, onDelegated }: HostParts): AgentHost {
  const asked = <T>(method: 'GET' | 'POST', path: string, what: string, body?: unknown): Promise<T> =>
    fromOthers(async () => {
      const headers = { 'x-workspace-id': workspaceId };
      const answer = await client.call(method, path, { headers, ...(body !== undefined && { body }) });
      const refusal = refusalOf(answer, what);
      if (refusal) throw refusal;
      return answer.body as T;
    });
  return {
    workspaceId,
    folder,
    mcpUrl,
    log,
    setTask: (text) => meter.setTask(text),
    countRequest: (outcome) => meter.count(outcome),
    markWedged: (reason) => wedge.mark(reason),
    clearWedge: () => wedge.clear(),
    work: (summary, run) => selfGivenWork({ work, gate }, summary, run),
    peers: () => asked<Peer[]>('GET', `/registry/${workspaceId}/peers`, 'to name the peers'),
    delegations: () => asked<DelegationRow[]>('GET', `/workspaces/${workspaceId}/delegations`, 'to list the delegations'),
    notify: async (message, { type = 'agent_message', delegationId } = {}) => {
      const body = { message, type, ...(delegationId && { delegation_id: delegationId }) };
      await asked('POST', `/workspaces/${workspaceId}/notify`, 'a notification', body);
    },
    ask: (target, text, { contextId, signal, timeoutMs = ASK_TIMEOUT_MS } = {}) => {
      const message = { target, from: workspaceId, messageId: randomUUID(), text, contextId, traceparent: traceparentOfWork() };
      return fromOthers(() =>
        whileWaitedFor([signal, signalOfWork(), client.closed], `The question to workspace ${target}`, timeoutMs, (waited) =>
          askWorkspace(client, { ...message, signal: waited, timeoutMs }),
        ),
      );
    },
    delegate: (target, task, { key = randomUUID(), expiresInSeconds } = {}) => {
      const given = { from: workspaceId, target, task, key, expiresInSeconds, traceparent: traceparentOfWork() };
      return fromOthers(() =>
        whileWaitedFor([signalOfWork(), client.closed], `The delegation to workspace ${target}`, DELEGATE_TIMEOUT_MS, async (waited) => {
          const { delegation_id, idempotent_hit } = await giveDelegation(client, { ...given, signal: waited });
          onDelegated(idempotent_hit ? null : delegation_id);
          return { delegation_id };
        }),
      );
    },
    crash(why) {
      log('error', why);
      process.exit(1);
    },
  };
}

/** Runs `ask` with a signal that aborts with the first of `signals`, or after `timeoutMs`; its reason says which, of `what`. */
async function whileWaitedFor<T>(
  signals: readonly (AbortSignal | undefined)[],
  what: string,
  timeoutMs: number,
  ask: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const waited = new AbortController();
  const giveUp = (why: string) => waited.abort(new CanvasError('timeout', `${what} ${why}`));
  const end = () => giveUp('was given up: the task that asked it was ended');
  const timer = setTimeout(() => giveUp(`was not answered within ${timeoutMs / 1000} s`), timeoutMs);
  // Each by hand: what `AbortSignal.any` makes of a signal that outlives thousands of questions stays with that signal.
  for (const signal of signals) {
    if (signal?.aborted) end();
    signal?.addEventListener('abort', end, { once: true });
  }
  try {
    return await ask(waited.signal);
  } finally {
    clearTimeout(timer);
    for (const signal of signals) signal?.removeEventListener('abort', end);
  }
}

function traceparentOfWork(): string | undefined {
  const trace = traceOfWork();
  return trace && traceparentOf(trace);
}

async function fromOthers<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (thrown) {
    if (OWN_REFUSALS.has(errorCodeOf(thrown))) throw new CanvasError('unavailable', sentenceOf(thrown));
    throw thrown;
  }
}
