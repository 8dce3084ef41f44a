import type { AgentTransport } from '#lib/ports/agent-transport.ts';
import type { ChannelSenders } from '#lib/ports/channel-sender.ts';
import type { Provisioner } from '#lib/ports/provisioner.ts';
import type { Store } from '#lib/store/store.ts';
import type { AgentAddresses } from './agent-address.ts';
import type { ApiTokenBook } from './api-token-book.ts';
import type { BeatClock } from './beat-clock.ts';
import type { BulkRestarts } from './bulk-restarts.ts';
import type { Delegations } from './delegations.ts';
import type { Delivery } from './delivery.ts';
import type { DeliveryWriter } from './delivery-writer.ts';
import type { Fleet } from './fleet.ts';
import type { IncidentWatch } from './incident-watch.ts';
import type { IncidentWriter } from './incident-writer.ts';
import type { LiveFeed } from './live-feed.ts';
import type { Outbox } from './outbox.ts';
import type { RestartRuns } from './restart-runs.ts';
import type { StatusWriter } from './status-writer.ts';
import type { TokenBook } from './token-book.ts';
import type { Unflushed } from './unflushed.ts';
import type { WorkspaceKeeper } from './workspace-keeper.ts';

/** One line of the structured log. Never a token, never a body. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
export type Log = (level: LogLevel, message: string, facts?: Record<string, unknown>) => void;

export interface PlatformOptions {
  /** Where a workspace on this machine reaches the platform, e.g. `http://127.0.0.1:3000`. Known once the server listens. */
  platformUrl: () => string;
  /** Where people reach the pages, e.g. `https://canvas.example`: for links that leave this Canvas. */
  publicUrl: () => string;
  /** Whether anyone who reaches the server is the operator (bound to loopback, no sign-in). */
  signInFree: boolean;
  /** How long a workspace may take to its first beat before it counts as failed, in milliseconds. */
  provisioningTimeoutMs: number;
  /** Whether the platform runs in a container: loopback addresses of others are then not on its machine. */
  insideContainer: boolean;
}

/** What verbs and loops work with. Ports arrive here from `lib/main.ts`; nothing in this room opens them. */
export interface Deps {
  store: Store;
  /** Names this ledger; positions in it are `epoch:seq`. */
  ledgerEpoch: string;
  fleet: Fleet;
  tokens: TokenBook;
  apiTokens: ApiTokenBook;
  feed: LiveFeed;
  statuses: StatusWriter;
  unflushed: Unflushed;
  clock: BeatClock;
  keeper: WorkspaceKeeper;
  /** Restart runs that are under way. */
  runs: RestartRuns;
  /** Restarts of many at once that have not ended. */
  bulk: BulkRestarts;
  /** Messages that wait for a workspace. */
  delivery: Delivery;
  /** What workspaces asked each other for and that has not ended. */
  delegations: Delegations;
  /** Where incidents are filed, in groups. */
  incidents: IncidentWriter;
  /** Makes incidents of the ledger. */
  incidentWatch: IncidentWatch;
  /** Writes in groups, in the order of the calls. */
  writer: DeliveryWriter;
  provisioner: Provisioner | null;
  transport: AgentTransport;
  /** Rejects with `forbidden` when nothing may be sent to the host of this address (`lib/domain/address-guard.ts`). */
  checkTarget: (url: string, mustBeFound?: boolean) => Promise<void>;
  /** What sends to channels, one for each medium. */
  senders: ChannelSenders;
  /** Messages to channels that are to be sent. */
  outbox: Outbox;
  /** Where agents are reached. */
  addresses: AgentAddresses;
  /** Runs one write at a time, so that memory and ledger see changes in the order of their commits. */
  oneAtATime: <T>(work: () => Promise<T>) => Promise<T>;
  now: () => number;
  log: Log;
  options: PlatformOptions;
}
