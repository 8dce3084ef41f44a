/**
 * The tables as Kysely sees them, the same on both engines: text ids, epoch-millisecond integers, JSON as text that is
 * parsed at this room's edge. Statements live beside this file, one file per subject; nothing outside the room writes SQL.
 */
export interface Tables {
  /** Which migrations this database has had, in their order. */
  schema_migrations: { position: number; name: string; applied_at: number };
  meta: { key: string; value: string };
  counters: { name: string; value: number };
  ledger: { seq: number; at: number; type: string; workspace_id: string | null; actor: string; data: string };
  audit: { id: string; at: number; verb: string; actor: string; workspace_id: string | null; detail: string };
  workspaces: WorkspacesTable;
  workspace_facts: { workspace_id: string; facts: string; saved_at: number };
  tokens: TokensTable;
  join_codes: { hash: string; workspace_id: string; created_at: number; expires_at: number; used_at: number | null };
  history_minutes: { workspace_id: string; slot: number; hour: number; minutes: string };
  history_hours: { workspace_id: string; slot: number; hour: number; summary: string };
  delegations: DelegationsTable;
  activity: ActivityTable;
  restart_runs: RestartRunsTable;
  restart_steps: { run_id: string; position: number; step: string; at: number; detail: string };
  messages: MessagesTable;
  snapshots: SnapshotsTable;
  bulk_restarts: BulkRestartsTable;
  bulk_items: BulkItemsTable;
  api_tokens: ApiTokensTable;
  delegation_texts: { delegation_id: string; task: string; response: string };
  /** Idempotency: which delegation a source's key stands for. */
  delegation_keys: { source_id: string; key: string; delegation_id: string; created_at: number };
  memories: { id: string; workspace_id: string; content: string; bytes: number; scope: string; created_at: number };
  incidents: IncidentsTable;
  incident_entries: { id: string; incident_id: string; at: number; kind: string; body: string };
  /** Up to which `rev` of an incident a person has read it. */
  inbox_reads: { person_id: string; incident_id: string; read_rev: number };
  mutes: MutesTable;
  preferences: { person_id: string; body: string };
  channels: ChannelsTable;
  outbox: OutboxTable;
}

export interface WorkspacesTable {
  id: string;
  name: string;
  role: string | null;
  parent_id: string | null;
  runtime: string | null;
  provisioner: string;
  delivery_mode: string;
  url: string | null;
  /** JSON objects as text. */
  labels: string;
  config: string;
  agent_card: string | null;
  inbound_secret: string;
  /** What an operator wants of a provisioned one: `running` or `stopped`. */
  desired: string;
  /** 0 or 1. */
  wake_on_message: number;
  created_at: number;
  updated_at: number;
  removed_at: number | null;
}

export interface TokensTable {
  id: string;
  workspace_id: string;
  /** SHA-256 of the token, hex. */
  hash: string;
  prefix: string;
  created_at: number;
  last_used_at: number | null;
  expires_at: number | null;
  revoked_at: number | null;
}

export interface DelegationsTable {
  id: string;
  source_id: string;
  target_id: string;
  summary: string;
  status: string;
  response_preview: string;
  error: string;
  created_at: number;
  updated_at: number;
  started_at: number | null;
  ended_at: number | null;
  expires_at: number;
  attempts: number;
  /** 0 or 1. */
  cancelled: number;
  response_cut: number;
  /** `platform` or `recorded`. */
  origin: string;
  trace_id: string;
  span_id: string;
  parent_span_id: string | null;
  queue_id: string | null;
}

export interface ActivityTable {
  id: string;
  workspace_id: string;
  activity_type: string;
  /** `canvas` (an operator, the platform) or `agent`. */
  origin: string;
  source_id: string | null;
  target_id: string | null;
  method: string | null;
  summary: string;
  request_body: string | null;
  response_body: string | null;
  status: string;
  duration_ms: number | null;
  error_detail: string | null;
  created_at: number;
  trace_id: string | null;
  /** The other one of sender and receiver; the workspace itself when both are. */
  peer_id: string | null;
}

export interface RestartRunsTable {
  id: string;
  workspace_id: string;
  kind: string;
  state: string;
  bulk_id: string | null;
  group_id: string | null;
  requested_at: number;
  /** Null while it is under way: at most one such run of a workspace, by a unique index. */
  ended_at: number | null;
  rev: number;
  /** The rest of the run, as JSON. */
  body: string;
}

export interface MessagesTable {
  id: string;
  workspace_id: string;
  sender_id: string | null;
  sender_name: string;
  /** Who sent it: the workspace's id, or the person's. A `message_id` is one message of its lane. */
  lane: string;
  message_id: string;
  /** The A2A request as it will be sent, JSON; null once it has ended. */
  request: string | null;
  /** The agent's JSON-RPC answer, scrubbed. */
  answer: string | null;
  /** What a long answer says, JSON. */
  outcome: string | null;
  summary: string;
  state: string;
  attempts: number;
  redelivered: number;
  created_at: number;
  expires_at: number;
  /** Not before this, after a failure; 0: at once. */
  due_at: number;
  delivered_at: number | null;
  ended_at: number | null;
  why: string;
  run_id: string | null;
  trace_id: string | null;
  span_id: string | null;
  /** The span that caused it. */
  parent_span_id: string | null;
  /** The delegation that it carries. */
  delegation_id: string | null;
  /** What it was sent for, where its sender told it. Messages of one lane and branch go one after another. */
  branch: string | null;
  /** The row in its receiver's activity by which a workspace that fetches its messages gets it. */
  activity_id: string | null;
  /** The agent's own task, which is followed to its end. */
  task_id: string | null;
}

export interface SnapshotsTable {
  id: string;
  workspace_id: string;
  run_id: string | null;
  origin: string;
  taken_at: number;
  received_at: number;
  boot_id: string;
  bytes: number;
  /** What a list shows of it, as JSON. */
  summary: string;
  /** The snapshot, as JSON. */
  body: string;
}

export interface BulkRestartsTable {
  id: string;
  state: string;
  why: string;
  actor: string;
  reason: string | null;
  requested_at: number;
  ended_at: number | null;
  concurrency: number;
  busy: string;
  stop_after_failures: number | null;
  /** Failures that were known when it was resumed: they count no more towards the stop. */
  forgiven: number;
  deadline_seconds: number | null;
  force: number;
}

export interface BulkItemsTable {
  bulk_id: string;
  position: number;
  workspace_id: string;
  name: string;
  state: string;
  run_id: string | null;
  why: string;
  ended_at: number | null;
}

export interface ApiTokensTable {
  id: string;
  /** The person's id, `local` in the sign-in-free mode. */
  person_id: string;
  person_name: string;
  name: string;
  hash: string;
  prefix: string;
  created_at: number;
  last_used_at: number | null;
  revoked_at: number | null;
}

export interface IncidentsTable {
  id: string;
  /** Workspace and cause: at most one open incident of each, by a unique index. */
  key: string;
  /** The facts it was filed by: the same ones do not file it again once it is closed. */
  facts: string;
  kind: string;
  severity: string;
  workspace_id: string | null;
  title: string;
  detail: string;
  count: number;
  opened_at: number;
  last_at: number;
  closed_at: number | null;
  assignee_id: string | null;
  part_of: string | null;
  rev: number;
  /** The rest of it, as JSON. */
  body: string;
}

export interface MutesTable {
  id: string;
  person_id: string;
  workspace_id: string | null;
  kind: string | null;
  created_at: number;
  until: number | null;
}

export interface ChannelsTable {
  id: string;
  person_id: string;
  kind: string;
  name: string;
  /** Where it goes, as JSON, without what is in `secret`. */
  target: string;
  /** Signing secret, address with a secret in it, or password, as JSON. Never shown. */
  secret: string | null;
  rules: string;
  enabled: number;
  created_at: number;
  removed_at: number | null;
}

export interface OutboxTable {
  id: string;
  channel_id: string;
  incident_id: string | null;
  /** `opened`, `again`, `closed` or `test`. */
  about: string;
  /** Of one channel: sent once. */
  dedupe: string;
  title: string;
  state: string;
  attempts: number;
  /** When it was first tried. */
  first_at: number | null;
  created_at: number;
  due_at: number;
  ended_at: number | null;
  why: string;
}
