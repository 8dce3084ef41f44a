import type { Readable, Writable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { errorCodeOf } from '#lib/contract/errors.ts';
import { placeOf } from '#lib/contract/traces.ts';
import type { ConnectionConfig } from '#lib/runtime/config-schema.ts';
import { Credentials } from '#lib/runtime/credentials.ts';
import { folderHolder, holdFolder } from '#lib/runtime/folder-lock.ts';
import { type Log, sentenceOf } from '#lib/runtime/log.ts';
import { PlatformClient } from '#lib/runtime/platform-client.ts';
import { WorkspaceRuntime } from '#lib/runtime/workspace-runtime.ts';
import { borrowedHands } from './borrowed-hands.ts';
import { desktopAgent } from './desktop-agent.ts';
import { PollInbox } from './poll-inbox.ts';
import { Questions } from './questions.ts';
import { newMcpServer } from './server.ts';
import { SessionHands } from './session-hands.ts';

const LOOK_MS = 2000;

export interface SessionOptions {
  config: ConnectionConfig;
  joinCode: string | null;
  /** `TRACEPARENT` of the environment. */
  traceparent: string | undefined;
  stdin: Readable;
  stdout: Writable;
  log: Log;
  /** Aborts when the process was told to end. */
  ending: AbortSignal;
}

/**
 * `canvas-workspace mcp`: tools for one client over stdin and stdout. Where a session is:
 *
 *   opening   nothing is told to the platform: who the client is comes with its first message
 *   at home   this process is the runtime of its workspace: it registers, beats while the session lives, says goodbye at
 *             its end. Nobody can reach it: its messages are fetched (`poll`)
 *   beside    another process holds the folder: the tools work with its credentials, and what the card shows is told to it.
 *             When that is another session, this one is at home as soon as the other has ended; an ordinary runtime is
 *             never followed, since whoever keeps it running starts it again
 *   ended     stdin was closed or broke, nobody reads stdout, the client sent 10 MB that are no message, or the process
 *             was told to end
 *
 * A platform that refuses the workspace does not end the session: each tool says so, where a person can see it.
 * Resolves at the end, after the goodbye.
 */
export async function runSession(options: SessionOptions): Promise<void> {
  const { folder, workspace_id } = options.config;
  const place = await placeIn(folder, workspace_id);
  const session = new Session(options, place);
  await session.run();
}

type Place = 'home' | 'beside a runtime' | 'beside a session';

async function placeIn(folder: string, workspaceId: string): Promise<Place> {
  while (!(await tryToHold(folder, workspaceId))) {
    const holder = await folderHolder(folder);
    // Without one it has ended meanwhile: the folder may be free.
    if (holder !== null) return holder === 'mcp' ? 'beside a session' : 'beside a runtime';
  }
  return 'home';
}

async function tryToHold(folder: string, workspaceId: string): Promise<boolean> {
  try {
    await holdFolder(folder, workspaceId, { kind: 'mcp', waitMs: 0 });
    return true;
  } catch (thrown) {
    if (errorCodeOf(thrown) === 'bad_request') return false;
    throw thrown;
  }
}

class Session {
  readonly #options: SessionOptions;
  readonly #place: Place;
  readonly #inbox: PollInbox | null;
  readonly #hands: SessionHands;
  readonly #over = new AbortController();
  #borrowed: PlatformClient | null = null;
  #runtime: Promise<WorkspaceRuntime> | null = null;

  constructor(options: SessionOptions, place: Place) {
    this.#options = options;
    this.#place = place;
    const { workspace_id } = options.config;
    const given = placeOf(options.traceparent) === null ? undefined : options.traceparent;
    this.#inbox = place === 'beside a runtime' ? null : new PollInbox(workspace_id, () => this.#hands.client);
    this.#hands = new SessionHands(workspace_id, this.#inbox, given);
  }

  async run(): Promise<void> {
    const { stdin, stdout, log, ending } = this.#options;
    if (this.#place !== 'home') await this.#borrow();
    const server = newMcpServer({ hands: this.#hands, questions: new Questions(), log });
    server.server.oninitialized = () => void this.#settle(server);
    server.server.onerror = (error) => log('warn', `The MCP session has a problem: ${sentenceOf(error)}`);
    const closed = new Promise<unknown>((resolve) => {
      // The listeners stay: a stream that breaks while the goodbye is said must not end the process.
      for (const event of ['end', 'close', 'error']) stdin.on(event, resolve);
      stdout.on('error', resolve);
      ending.addEventListener('abort', resolve, { once: true });
      server.server.onclose = () => resolve(null);
    });
    // Its optional callbacks are declared without `undefined`, which this project's compiler tells apart.
    await server.connect(new StdioServerTransport(stdin, stdout) as Parameters<typeof server.connect>[0]);
    if (!ending.aborted) await closed;
    this.#over.abort();
    // The goodbye first: some clients give a server two seconds to end.
    await (await this.#runtime?.catch(() => null))?.stop();
    await server.close();
    this.#borrowed?.close();
  }

  async #settle(server: McpServer): Promise<void> {
    const { config, log } = this.#options;
    try {
      if (this.#place === 'beside a runtime') return;
      if (this.#place === 'beside a session') await this.#inherit();
      if (this.#over.signal.aborted) return;
      this.#runtime = this.#open(server.server.getClientVersion() ?? { name: 'MCP client', version: '' });
      this.#hands.become((await this.#runtime).tools);
    } catch (thrown) {
      log('error', `Workspace ${config.workspace_id} could not be connected: ${sentenceOf(thrown)}`);
      this.#hands.fail(thrown);
    }
  }

  async #open(client: { name: string; title?: string | undefined; version: string }): Promise<WorkspaceRuntime> {
    const { config, joinCode, log } = this.#options;
    const runtime = await WorkspaceRuntime.open({ config, agent: desktopAgent(client), log, joinCode, instance: 'mcp' });
    void runtime.ended.then((end) => {
      if (end.kind !== 'stopped') log('error', `${sentenceOf(end.refusal)}. The tools say so to the client`);
    });
    return runtime;
  }

  async #borrow(): Promise<void> {
    const { folder, platform_url, workspace_id } = this.#options.config;
    const credentials = new Credentials(folder);
    await credentials.load();
    this.#borrowed = new PlatformClient(platform_url, credentials);
    const parts = { workspaceId: workspace_id, folder, client: this.#borrowed, credentials, inbox: this.#inbox };
    this.#hands.become(borrowedHands(parts));
  }

  /** Resolves when the folder is ours, or this session is over. */
  async #inherit(): Promise<void> {
    const { folder, workspace_id } = this.#options.config;
    while (!this.#over.signal.aborted && !(await tryToHold(folder, workspace_id)))
      await wait(LOOK_MS, undefined, { signal: this.#over.signal }).catch(() => {});
  }
}
