import { join } from 'node:path';
import { CanvasError, errorCodeOf } from '#lib/contract/errors.ts';
import { A2aServer } from './a2a-server.ts';
import type { AgentHost } from './agent.ts';
import { agentHost } from './agent-host.ts';
import { HeartbeatLoop, type LoopTiming } from './heartbeat-loop.ts';
import { localUrl } from './local-url.ts';
import { sentenceOf } from './log.ts';
import type { McpHands } from './mcp/hands.ts';
import { openResultsLoop } from './open-results-loop.ts';
import { writePrivateFile } from './private-file.ts';
import { register } from './registration.ts';
import { restoreWork } from './restore-work.ts';
import type { ResultsLoop, ResultsTiming } from './results-loop.ts';
import { makeParts, type PartsOptions, type RuntimeParts, snapshotPath } from './runtime-parts.ts';
import { untilAborted } from './until-aborted.ts';
import { RUNTIME_VERSION } from './version.ts';
import { within } from './within.ts';

export interface RuntimeOptions extends PartsOptions {
  joinCode?: string | null;
  /** Echoed by GET /healthz and kept in runtime.json, for whoever started this process. */
  instance?: string | null;
  timing?: Partial<LoopTiming>;
  resultsTiming?: Partial<ResultsTiming>;
}

/** How it ended: asked to, or because the platform no longer has this workspace or will not have it. */
export type RuntimeEnd = { kind: 'stopped' } | { kind: 'gone' | 'refused'; refusal: CanvasError };

const GOODBYE_MS = 3000;
const SENDING_MS = 1000;
const SAYING_MS = 2000;

/**
 * One workspace's runtime. Its life, in order; each step only after the one before:
 *
 *   open      the folder is ours, credentials are read, what the last snapshot held is restored, and only then does the
 *             agent's door listen; runtime.json names it
 *   known     the platform answered the registration
 *   working   the agent has started and beats go out; drains come and go (see `drain.ts`)
 *   stopping  new messages are refused; those at work may finish until the deadline, then are ended; then the
 *             snapshot is written and sent, or deleted when the platform no longer has this workspace
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
  readonly #parts: RuntimeParts;
  readonly #server: A2aServer;
  readonly #loop: HeartbeatLoop;
  readonly #results: ResultsLoop;
  readonly #stopping = new AbortController();
  #settle: (end: RuntimeEnd) => void = () => {};
  #agentStarted = false;
  #stop: Promise<void> | null = null;

  private constructor(options: RuntimeOptions, parts: RuntimeParts, server: A2aServer) {
    const { config, log } = options;
    const { client, meter, wedge, work, gate, drain } = parts;
    this.bootId = parts.bootId;
    this.#options = options;
    this.#parts = parts;
    this.#server = server;
    this.url = server.url;
    this.ended = new Promise((resolve) => {
      this.#settle = resolve;
    });
    const ending = this.#stopping.signal;
    const { memory } = parts;
    this.#results = openResultsLoop({ config, client, memory, gate, meter, log, ending, timing: options.resultsTiming });
    const onDelegated = (id: string | null) => this.#results.expect(id);
    parts.mcp.onDelegated = onDelegated;
    this.host = agentHost({
      workspaceId: config.workspace_id,
      folder: config.folder,
      mcpUrl: server.mcpUrl,
      client,
      meter,
      work,
      gate,
      wedge,
      log,
      onDelegated,
    });
    this.#loop = new HeartbeatLoop({
      client,
      workspaceId: config.workspace_id,
      bootId: this.bootId,
      intervalSeconds: config.interval_seconds,
      meter,
      wedge,
      drain: () => drain.block,
      metadata: {
        capabilities: () => ({ ...options.agent.capabilities, ...config.capabilities }),
        idleTimeoutSeconds: () => config.idle_timeout_seconds,
      },
      log,
      onAnswer: (body) => this.#keepSecret(body),
      onAccepted: (kind) => this.#results.onBeat(kind),
      onGone: (refusal) => void this.#end({ kind: 'gone', refusal }),
      ...(options.timing && { timing: options.timing }),
    });
    meter.onChange = () => this.#loop.soon();
    wedge.onChange = () => this.#loop.soon();
    work.onChange = () => drain.look();
    drain.onChange = () => {
      if (drain.state === 'ended') return;
      log('info', `Restart signal: this workspace is ${drain.state}`, { run: drain.runId });
      if (drain.state !== 'drained') void this.#loop.now();
    };
    drain.onReopened = () => {
      void parts.keeper.discardDrained();
      this.#results.expect();
    };
    drain.onDrained = (runId, over) => void this.#keepWork(runId, over);
  }

  /** Resolves once the agent's door is open; registering and beating go on behind it. */
  static async open(options: RuntimeOptions): Promise<WorkspaceRuntime> {
    const { config, agent, log } = options;
    const startedAt = Date.now();
    const instance = options.instance ?? null;
    const parts = await makeParts(options);
    const { bootId, meter, memory, work, gate, keeper, drain, credentials } = parts;
    const path = snapshotPath(config);
    const notRestored = await restoreWork({ path, workspaceId: config.workspace_id, agent, memory, log });
    if (notRestored !== null) meter.note(notRestored);
    const server = await A2aServer.listen({
      agent,
      name: config.name ?? agent.name,
      description: config.description ?? agent.description,
      version: RUNTIME_VERSION,
      meter,
      work,
      gate,
      memory,
      log,
      host: config.host,
      port: config.port,
      publicUrl: config.public_url ?? null,
      signals: {
        workspaceId: config.workspace_id,
        inboundSecret: () => credentials.inboundSecret,
        drain,
        preview: () => keeper.preview(),
      },
      allowedTargets: config.allowed_targets,
      mcp: parts.mcp,
      identity: () => ({
        workspace_id: config.workspace_id,
        boot_id: bootId,
        pid: process.pid,
        instance,
        uptime_seconds: Math.floor((Date.now() - startedAt) / 1000),
      }),
    });
    const runtime = new WorkspaceRuntime(options, parts, server);
    const { port, url } = server;
    const local_url = localUrl(config.host, port);
    const facts = { pid: process.pid, boot_id: bootId, port, url, local_url, instance, started_at: startedAt };
    await writePrivateFile(join(config.folder, 'runtime.json'), `${JSON.stringify(facts)}\n`);
    log('info', `Listening at ${server.url}`, { pid: process.pid, boot_id: bootId });
    if (['0.0.0.0', '::'].includes(config.host) && config.public_url === undefined)
      log('warn', `Listening on every address, but known to Canvas as ${server.url}: give --public-url when Canvas runs elsewhere`);
    void runtime.#begin();
    return runtime;
  }

  /** Ends it: tasks at work get `stop_deadline_seconds`, then the goodbye. Resolves when all of it is over; safe to repeat. */
  async stop(): Promise<void> {
    await this.#end({ kind: 'stopped' });
  }

  /** What MCP tools reach of this workspace. */
  get tools(): McpHands {
    return this.#parts.mcp.hands;
  }

  async #begin(): Promise<void> {
    const { config, agent, log, joinCode } = this.#options;
    try {
      const body = {
        id: config.workspace_id,
        url: config.delivery_mode === 'poll' ? '' : this.url,
        delivery_mode: config.delivery_mode,
        agent_card: this.#server.card,
      };
      await register({
        client: this.#parts.client,
        credentials: this.#parts.credentials,
        joinCode: joinCode ?? null,
        body,
        log,
        signal: this.#stopping.signal,
      });
      this.#parts.mcp.registered();
      log('info', `Connected to ${this.#parts.client.origin} as workspace ${config.workspace_id}`);
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
    if (typeof secret === 'string' && secret !== '') await this.#parts.credentials.storeInboundSecret(secret);
  }

  #end(end: RuntimeEnd): Promise<void> {
    this.#stop ??= this.#close(end);
    return this.#stop;
  }

  /** What a drained runtime does: say so, then keep its work and send it, unless its run is over meanwhile. */
  async #keepWork(runId: string, over: AbortSignal): Promise<void> {
    const { keeper, meter } = this.#parts;
    // First the word, then the work: but not for ever, when the platform is the one that hangs.
    await within(SAYING_MS, () => this.#loop.now()).catch(() => {});
    if (over.aborted) return;
    const problem = await keeper.keepDrained(runId, over);
    if (problem !== null) meter.note(problem);
  }

  async #close(end: RuntimeEnd): Promise<void> {
    const { agent, config, log } = this.#options;
    const { work, gate, drain, keeper, client, mcp } = this.#parts;
    work.remember();
    this.#stopping.abort();
    mcp.refused(end.kind === 'stopped' ? new CanvasError('unavailable', 'This workspace is stopping') : end.refusal);
    gate.closeToStop();
    drain.end();
    const deadline = AbortSignal.timeout(end.kind === 'stopped' ? config.stop_deadline_seconds * 1000 : 0);
    if (this.#agentStarted)
      await untilAborted((async () => await agent.stop?.())(), deadline).catch((thrown: unknown) =>
        log('warn', `The agent did not stop cleanly: ${sentenceOf(thrown)}`),
      );
    await work.finish(deadline);
    await this.#results.stop();
    const notSaved = end.kind === 'gone' ? await keeper.forget() : await this.#save(end);
    await this.#loop.stop(GOODBYE_MS, notSaved ?? null);
    await mcp.close();
    await this.#server.close();
    client.close();
    this.#settle(end);
  }

  /** A sentence for the goodbye when something went wrong. What could not be sent is on disk: the next start has it. */
  async #save(end: RuntimeEnd): Promise<string | null> {
    const { keeper, drain } = this.#parts;
    // Nothing can begin between a drain and the end: its snapshot is the one to restore, and a second would only crowd out an older.
    if (keeper.sentFor !== null && keeper.sentFor === drain.runId) return null;
    const { snapshot, problem } = await keeper.save();
    if (snapshot === null || end.kind !== 'stopped' || !this.#agentStarted) return problem;
    const unsent = await keeper.send(snapshot, drain.runId, AbortSignal.timeout(SENDING_MS));
    return problem ?? unsent;
  }
}
