import { randomUUID } from 'node:crypto';
import { join, resolve as resolvePath } from 'node:path';
import { type CanvasError, errorCodeOf } from '#lib/contract/errors.ts';
import { A2aServer } from './a2a-server.ts';
import type { Agent, AgentHost } from './agent.ts';
import { agentHost } from './agent-host.ts';
import type { RuntimeConfig } from './config-schema.ts';
import { Credentials } from './credentials.ts';
import { HeartbeatLoop, type LoopTiming } from './heartbeat-loop.ts';
import { type Log, sentenceOf } from './log.ts';
import { PlatformClient } from './platform-client.ts';
import { writePrivateFile } from './private-file.ts';
import { register } from './registration.ts';
import { restoreWork } from './restore-work.ts';
import { saveWork } from './save-work.ts';
import { deleteSnapshot } from './snapshot.ts';
import { RUNTIME_VERSION } from './version.ts';
import { Wedge } from './wedge.ts';
import { openWorkMemory, type WorkMemory } from './work-memory.ts';
import { WorkMeter } from './work-meter.ts';

export interface RuntimeOptions {
  config: RuntimeConfig;
  agent: Agent;
  log: Log;
  joinCode?: string | null;
  /** Echoed by GET /healthz and kept in runtime.json, for whoever started this process. */
  instance?: string | null;
  timing?: Partial<LoopTiming>;
}

/** How it ended: asked to, or because the platform no longer has this workspace or will not have it. */
export type RuntimeEnd = { kind: 'stopped' } | { kind: 'gone' | 'refused'; refusal: CanvasError };

const GOODBYE_MS = 3000;
const SNAPSHOT_MS = 2000;

/**
 * One workspace's runtime. Its life, in order; each step only after the one before:
 *
 *   open      the folder is ours, credentials are read, what the last snapshot held is restored, and only then does the
 *             agent's door listen; runtime.json names it
 *   known     the platform answered the registration
 *   working   the agent has started and beats go out
 *   stopping  new messages are refused; those at work may finish until the deadline, then are ended; then the
 *             snapshot is written, or deleted when the platform no longer has this workspace
 *   ended     the goodbye was sent, the door is closed; `ended` tells how
 *
 * `stop` leads from any of them to `ended`, a final refusal of the platform leads there too.
 */
export class WorkspaceRuntime {
  readonly bootId: string;
  readonly url: string;
  readonly host: AgentHost;
  readonly ended: Promise<RuntimeEnd>;
  readonly #options: RuntimeOptions;
  readonly #server: A2aServer;
  readonly #loop: HeartbeatLoop;
  readonly #client: PlatformClient;
  readonly #credentials: Credentials;
  readonly #meter: WorkMeter;
  readonly #memory: WorkMemory;
  readonly #startedAt = performance.now();
  readonly #stopping = new AbortController();
  #settle: (end: RuntimeEnd) => void = () => {};
  #agentStarted = false;
  #stop: Promise<void> | null = null;

  private constructor(
    options: RuntimeOptions,
    credentials: Credentials,
    meter: WorkMeter,
    wedge: Wedge,
    memory: WorkMemory,
    server: A2aServer,
    identity: { bootId: string },
  ) {
    const { config, log } = options;
    this.bootId = identity.bootId;
    this.#options = options;
    this.#credentials = credentials;
    this.#server = server;
    this.#meter = meter;
    this.#memory = memory;
    this.url = server.url;
    this.#client = new PlatformClient(config.platform_url, credentials);
    this.ended = new Promise((resolve) => {
      this.#settle = resolve;
    });
    this.host = agentHost({ workspaceId: config.workspace_id, folder: config.folder, client: this.#client, meter, wedge, log });
    this.#loop = new HeartbeatLoop({
      client: this.#client,
      workspaceId: config.workspace_id,
      bootId: this.bootId,
      intervalSeconds: config.interval_seconds,
      meter,
      wedge,
      metadata: {
        capabilities: () => ({ ...options.agent.capabilities, ...config.capabilities }),
        idleTimeoutSeconds: () => config.idle_timeout_seconds,
      },
      log,
      onAnswer: (body) => this.#keepSecret(body),
      onGone: (refusal) => void this.#end({ kind: 'gone', refusal }),
      ...(options.timing && { timing: options.timing }),
    });
    meter.onChange = () => this.#loop.soon();
    wedge.onChange = () => this.#loop.soon();
  }

  /** Resolves once the agent's door is open; registering and beating go on behind it. */
  static async open(options: RuntimeOptions): Promise<WorkspaceRuntime> {
    const { config, agent, log } = options;
    const credentials = new Credentials(config.folder);
    await credentials.load();
    const meter = new WorkMeter();
    const wedge = new Wedge();
    const bootId = randomUUID();
    const startedAt = Date.now();
    const instance = options.instance ?? null;
    const memory = await openWorkMemory(config.folder);
    const notRestored = await restoreWork({ path: snapshotPath(config), workspaceId: config.workspace_id, agent, memory, log });
    if (notRestored !== null) meter.note(notRestored);
    const server = await A2aServer.listen({
      agent,
      name: config.name ?? agent.name,
      description: config.description ?? agent.description,
      version: RUNTIME_VERSION,
      meter,
      memory,
      log,
      host: config.host,
      port: config.port,
      publicUrl: config.public_url ?? null,
      inboundSecret: () => credentials.inboundSecret,
      identity: () => ({
        workspace_id: config.workspace_id,
        boot_id: bootId,
        pid: process.pid,
        instance,
        uptime_seconds: Math.floor((Date.now() - startedAt) / 1000),
      }),
    });
    const facts = { pid: process.pid, boot_id: bootId, port: server.port, url: server.url, instance, started_at: startedAt };
    await writePrivateFile(join(config.folder, 'runtime.json'), `${JSON.stringify(facts)}\n`);
    log('info', `Listening at ${server.url}`, { pid: process.pid, boot_id: bootId });
    if (['0.0.0.0', '::'].includes(config.host) && config.public_url === undefined)
      log('warn', `Listening on every address, but known to Canvas as ${server.url}: give --public-url when Canvas runs elsewhere`);
    const runtime = new WorkspaceRuntime(options, credentials, meter, wedge, memory, server, { bootId });
    void runtime.#begin();
    return runtime;
  }

  /** Ends it: tasks at work get `stop_deadline_seconds`, then the goodbye. Resolves when all of it is over; safe to repeat. */
  async stop(): Promise<void> {
    await this.#end({ kind: 'stopped' });
  }

  async #begin(): Promise<void> {
    const { config, agent, log, joinCode } = this.#options;
    try {
      const body = { id: config.workspace_id, url: this.url, delivery_mode: config.delivery_mode, agent_card: this.#server.card };
      await register({
        client: this.#client,
        credentials: this.#credentials,
        joinCode: joinCode ?? null,
        body,
        log,
        signal: this.#stopping.signal,
      });
      log('info', `Connected to ${this.#client.origin} as workspace ${config.workspace_id}`);
      this.#loop.start();
      this.#agentStarted = true;
      await agent.start?.(this.host);
    } catch (thrown) {
      if (this.#stopping.signal.aborted) return;
      if (this.#agentStarted) {
        this.host.markWedged(`The agent could not start: ${sentenceOf(thrown)}`);
        return;
      }
      const kind = ['gone', 'not_found'].includes(errorCodeOf(thrown)) ? 'gone' : 'refused';
      void this.#end({ kind, refusal: thrown as CanvasError });
    }
  }

  async #keepSecret(body: unknown): Promise<void> {
    const secret = (body as { platform_inbound_secret?: unknown } | null)?.platform_inbound_secret;
    if (typeof secret === 'string' && secret !== '') await this.#credentials.storeInboundSecret(secret);
  }

  #end(end: RuntimeEnd): Promise<void> {
    this.#stop ??= this.#close(end);
    return this.#stop;
  }

  async #close(end: RuntimeEnd): Promise<void> {
    const { agent, config, log } = this.#options;
    const inHand = { currentTask: this.#meter.currentTask, activeTasks: this.#meter.activeTasks };
    this.#stopping.abort();
    this.#server.refuseNew();
    if (this.#agentStarted)
      await Promise.resolve(agent.stop?.()).catch((thrown: unknown) =>
        log('warn', `The agent did not stop cleanly: ${sentenceOf(thrown)}`),
      );
    await this.#server.bridge.finish(AbortSignal.timeout(end.kind === 'stopped' ? config.stop_deadline_seconds * 1000 : 0));
    const notSaved = await (end.kind === 'gone' ? this.#forget() : this.#save(inHand));
    await this.#loop.stop(GOODBYE_MS, notSaved);
    await this.#server.close();
    this.#client.close();
    this.#settle(end);
  }

  #save(inHand: { currentTask: string; activeTasks: number }): Promise<string | null> {
    const { agent, config, log } = this.#options;
    const facts = {
      ...inHand,
      workspaceId: config.workspace_id,
      bootId: this.bootId,
      now: Date.now(),
      uptimeSeconds: Math.floor((performance.now() - this.#startedAt) / 1000),
      sessionId: this.#memory.sessionId,
      transcriptLines: this.#memory.transcript.lines,
      completedMessageIds: this.#memory.completed.ids,
    };
    return saveWork({ path: snapshotPath(config), facts, agent, milliseconds: SNAPSHOT_MS, log });
  }

  async #forget(): Promise<null> {
    const { config, log } = this.#options;
    await deleteSnapshot(snapshotPath(config)).catch((thrown: unknown) =>
      log('warn', `The snapshot could not be deleted: ${sentenceOf(thrown)}`),
    );
    return null;
  }
}

const snapshotPath = (config: RuntimeConfig) => resolvePath(config.folder, config.snapshot_path);
