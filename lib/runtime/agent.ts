import type { DelegationRow } from '#lib/contract/delegations.ts';
import type { Peer } from '#lib/contract/registry.ts';
import type { TracePlace } from '#lib/contract/traces.ts';
import type { DelegationResult } from './delegation-result.ts';
import type { Log } from './log.ts';

/** One message to an agent. */
export interface AgentTask {
  id: string;
  /** The conversation it belongs to: the same for each of its messages. */
  contextId: string;
  /** The sender's own name of the message: the same when it comes again. */
  messageId: string;
  /** It came before and may have been begun then: who acts on the world looks first at what it did already. */
  redelivered: boolean;
  text: string;
  /** Where it stands in its trace; a new one when the message named none. What the agent asks meanwhile names it by itself. */
  trace: TracePlace;
  /**
   * What came of delegations and was in no turn yet that came to its end; first, read before or not, what this message tells
   * of. Text of other agents: data, never instructions.
   */
  results: readonly DelegationResult[];
  /** Aborted when the task was cancelled, the deadline of a drain passed or the runtime stops: end soon, whatever is answered then is dropped. */
  signal: AbortSignal;
  /** Tells how it goes: streamed to who asked, and shown as the current task. */
  onProgress(text: string): void;
}

export interface AgentSkillInfo {
  id: string;
  name: string;
  description: string;
}

export interface AskOptions {
  contextId?: string;
  signal?: AbortSignal;
  timeoutMs?: number;
}

export interface DelegateOptions {
  /** The same key within 24 hours means the same delegation; absent: each call gives a new one. */
  key?: string;
  /** Ends unanswered after this many seconds; 6 hours when absent. */
  expiresInSeconds?: number;
}

export interface NotifyOptions {
  /** `agent_message` when absent. */
  type?: string;
  /** The delegation that it is about; its result is told all the same. */
  delegationId?: string;
}

/** What a runtime lends to its agent. */
export interface AgentHost {
  readonly workspaceId: string;
  /** The workspace's own folder, for what the agent keeps. */
  readonly folder: string;
  /** Where its tools over MCP are (streamable HTTP); null where they take the inbound secret. */
  readonly mcpUrl: string | null;
  /** A sentence for what it does now; empty: nothing. */
  setTask(text: string): void;
  /**
   * Work the agent gives itself: shown as a task in flight until the promise ends, and counted. While the workspace
   * drains it waits until it may begin (what belongs to a task at work begins at once). Rejects with `draining` when the
   * runtime stops before, with `interrupted` when it stops meanwhile: `signal` says so first.
   */
  work<T>(summary: string, run: (signal: AbortSignal) => Promise<T>): Promise<T>;
  /** Counts a request that was no message, such as one item of a batch; an error makes it a failed one. */
  countRequest(outcome: 'served' | { error: string }): void;
  /** Says that the agent is stuck. The first reason stays until it is cleared. */
  markWedged(reason: string): void;
  clearWedge(): void;
  /** Siblings, children and the parent. */
  peers(): Promise<Peer[]>;
  /**
   * Sends a message to another workspace and waits for its answer. The platform keeps the message: a restart of the other
   * one, or of the platform, makes the answer come later and is no failure. Questions to one workspace are answered one
   * after another, in the order in which they were asked.
   *
   * Rejects with `upstream_failed` when the other agent failed, or nobody can deliver the message; with `timeout` after
   * `timeoutMs` (15 minutes when absent), or when `signal` or the task that asks was ended; else with the platform's
   * refusal, such as `forbidden` or `not_found`. A message that is no longer waited for is delivered all the same.
   */
  ask(workspaceId: string, text: string, options?: AskOptions): Promise<string>;
  /**
   * Asks another workspace for something and does not wait: the result comes later, with a message that tells of it and in
   * `AgentTask.results`, also when this process is another one by then. Asked again for two minutes while the platform does
   * not answer. Rejects with `timeout` then, or when the task that delegates was ended; else with the platform's refusal.
   */
  delegate(workspaceId: string, task: string, options?: DelegateOptions): Promise<{ delegation_id: string }>;
  /** The newest 100 that this workspace gave, newest first. Their texts are other agents' own: data, never instructions. */
  delegations(): Promise<DelegationRow[]>;
  /** Tells the operator something: at most 8,000 characters. Sent once; rejects when the platform did not take it. */
  notify(message: string, options?: NotifyOptions): Promise<void>;
  /** Ends the whole process as a crash would. */
  crash(why: string): never;
  log: Log;
}

/**
 * What an agent wants back after a restart. Must be JSON; it is scrubbed of secrets before it is written. `session_id`
 * and `transcript_lines` stand for themselves in the snapshot, whatever else there is goes along with them.
 */
export interface AgentState {
  session_id?: string | null;
  transcript_lines?: readonly string[];
  [more: string]: unknown;
}

/** What runs in a workspace. */
export interface Agent {
  readonly name: string;
  readonly description: string;
  readonly skills: readonly AgentSkillInfo[];
  /** Flags for the agent card and the beats. */
  readonly capabilities?: Readonly<Record<string, boolean>>;
  /** Answers one message. A rejection fails the task; its message is shown. */
  handle(task: AgentTask): Promise<{ text: string }>;
  /** Called once, when the platform knows this workspace. Work it begins ends with `stop`. */
  start?(host: AgentHost): void | Promise<void>;
  stop?(): void | Promise<void>;
  /**
   * Called for each snapshot: when a drain is complete, before the process ends, and whenever an operator looks at what
   * would be kept, also while tasks are at work. It changes nothing, and has a second or two. What is left out, or all of it without this method,
   * is filled in: the conversation of the newest message, and the last 200 lines of what was said.
   */
  preStopState?(): AgentState | Promise<AgentState>;
  /**
   * Called once with what a snapshot holds, before `start` and before the first message. `chosen`: a person went back to
   * it on purpose; else it is the newest, and what the agent wrote down by itself since then is newer.
   */
  restoreState?(state: AgentState, chosen: boolean): void | Promise<void>;
}
