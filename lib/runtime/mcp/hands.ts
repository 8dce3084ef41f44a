import type { TracePlace } from '#lib/contract/traces.ts';
import type { PlatformClient } from '#lib/runtime/platform-client.ts';

/** What the tools reach of the workspace that they act for. */
export interface McpHands {
  readonly workspaceId: string;
  readonly client: PlatformClient;
  /** Resolves once the platform knows this workspace. Rejects with the platform's refusal, or with `unavailable` when it takes long. */
  connected(): Promise<void>;
  /** A sentence for the card; empty: nothing to say. */
  setTask(text: string): Promise<void>;
  /** Says that the agent is stuck, or with null that it no longer is. Resolves with the reason that the card shows now. */
  setWedge(reason: string | null): Promise<string | null>;
  /** A delegation was given, so that what comes of it is looked for; null: one that had been given before. */
  delegated(id: string | null): Promise<void>;
  /** The work at hand, in W3C form; undefined when there is none, or more than one. */
  traceparent(): Promise<string | undefined>;
  /** Messages that this agent fetches and answers by itself; null: a runtime gives them to it. */
  readonly inbox: McpInbox | null;
}

export interface McpInbox {
  /** Where the messages that were fetched, and are not answered, stand in their traces. */
  readonly traces: readonly TracePlace[];
  /** What waits for this agent, oldest first. */
  open(): Promise<OpenMessage[]>;
  /** Ends one with an answer, or with the reason why there is none. */
  answer(messageId: string, answer: { text: string } | { error: string }): Promise<void>;
}

/** A message of somebody else; every text in it is theirs. */
export interface OpenMessage {
  message_id: string;
  from: string;
  text: string;
  received_at: number;
}
