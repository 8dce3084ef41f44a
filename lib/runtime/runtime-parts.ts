import { randomUUID } from 'node:crypto';
import { resolve as resolvePath } from 'node:path';
import type { Agent } from './agent.ts';
import type { ConnectionConfig } from './config-schema.ts';
import { Credentials } from './credentials.ts';
import { Drain } from './drain.ts';
import { Gate } from './gate.ts';
import type { Log } from './log.ts';
import { RuntimeMcp } from './mcp/runtime-mcp.ts';
import { PlatformClient } from './platform-client.ts';
import { SnapshotKeeper } from './snapshot-keeper.ts';
import { Wedge } from './wedge.ts';
import { WorkInHand } from './work-in-hand.ts';
import { openWorkMemory, type WorkMemory } from './work-memory.ts';
import { WorkMeter } from './work-meter.ts';

const SNAPSHOT_MS = 2000;
const DRAIN_GRACE_MS = 5000;

export interface PartsOptions {
  config: ConnectionConfig;
  agent: Agent;
  log: Log;
  /** What tasks get between the cancel at a drain's deadline and the cut; 5 s when absent. */
  drainGraceMs?: number;
}

/** What one runtime is made of. */
export interface RuntimeParts {
  bootId: string;
  credentials: Credentials;
  client: PlatformClient;
  meter: WorkMeter;
  wedge: Wedge;
  memory: WorkMemory;
  work: WorkInHand;
  gate: Gate;
  drain: Drain;
  keeper: SnapshotKeeper;
  mcp: RuntimeMcp;
}

/** Reads what the folder holds; starts nothing. */
export async function makeParts({ config, agent, log, drainGraceMs }: PartsOptions): Promise<RuntimeParts> {
  const bootId = randomUUID();
  const credentials = new Credentials(config.folder);
  await credentials.load();
  const client = new PlatformClient(config.platform_url, credentials);
  const meter = new WorkMeter();
  const memory = await openWorkMemory(config.folder, log, resolvePath(config.folder, config.results_file));
  const work = new WorkInHand(meter);
  const gate = new Gate();
  const path = snapshotPath(config);
  const workspaceId = config.workspace_id;
  const keeper = new SnapshotKeeper({ path, workspaceId, bootId, agent, memory, work, client, log, milliseconds: SNAPSHOT_MS });
  const drain = new Drain({ work, gate, inFlight: () => meter.inFlight, graceMs: drainGraceMs ?? DRAIN_GRACE_MS });
  const wedge = new Wedge();
  const beatSoon = () => meter.onChange();
  const mcp = new RuntimeMcp({ workspaceId, client, meter, wedge, beatSoon, tracesAtWork: () => work.traces }, log);
  return { bootId, credentials, client, meter, wedge, memory, work, gate, drain, keeper, mcp };
}

export const snapshotPath = (config: ConnectionConfig) => resolvePath(config.folder, config.snapshot_path);
