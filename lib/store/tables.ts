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
}
