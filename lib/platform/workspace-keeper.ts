import { ROTATION_OVERLAP_MS } from '#lib/contract/access.ts';
import { CanvasError } from '#lib/contract/errors.ts';
import type { EventActor, NewEvent } from '#lib/contract/events.ts';
import type { Snapshot } from '#lib/contract/snapshot.ts';
import { scrub } from '#lib/domain/scrub.ts';
import { applyGaveUp, applyProcessEnd, applyStart, applyStartFailure, applyStop } from '#lib/domain/status-engine.ts';
import { lastWords, processEndReason } from '#lib/domain/status-reasons.ts';
import type { Verdict } from '#lib/domain/verdict.ts';
import type { Instance, ProvisionerEvent } from '#lib/ports/provisioner.ts';
import { inTransaction } from '#lib/store/in-transaction.ts';
import { getMeta, setMeta } from '#lib/store/meta.ts';
import { newId } from '#lib/store/new-id.ts';
import { expireOlder, insertToken } from '#lib/store/tokens.ts';
import { eventActorOf, platformActor } from './actor.ts';
import type { Deps } from './deps.ts';
import { type LiveWorkspace, touch } from './fleet.ts';
import { tokenRow } from './registry-verbs.ts';
import { settle } from './settle.ts';
import { startFailureOf } from './start-failure.ts';
import { mintToken } from './token-book.ts';

/** A runtime takes 5 s for its tasks, 2 for its snapshot and 3 for its goodbye, at the most. */
const STOP_DEADLINE_MS = 15_000;
/** Where this platform was reached when it last started workspaces. */
const ADDRESS_KEY = 'platform_url';
const SUPERVISOR = eventActorOf(platformActor('supervisor'));

/**
 * Keeps the workspaces that this platform provisions as operators want them: starts, stops and removes them through
 * the provisioner, tells what it sees of their processes, and after the platform's own restart finds them again.
 */
export class WorkspaceKeeper {
  readonly #deps: () => Deps;
  readonly #turns = new Map<string, Promise<void>>();
  #unsubscribe: (() => void) | null = null;
  #closing = false;

  constructor(deps: () => Deps) {
    this.#deps = deps;
  }

  /** Finds what still runs, starts what should, ends what nobody owns any more. */
  async recover(): Promise<void> {
    const deps = this.#deps();
    const { provisioner } = deps;
    if (!provisioner) return;
    this.#unsubscribe = provisioner.subscribe((event) => this.#seen(event));
    const ours = Array.from(deps.fleet.all()).filter((live) => live.row.provisioner === provisioner.kind);
    const wanted = ours.filter((live) => live.row.desired === 'running' || deps.runs.of(live.row.id) !== undefined);
    const moved = await this.#addressChanged(deps);
    const found = await provisioner.recover(wanted.map((live) => live.row.id));
    for (const instance of found) {
      const live = deps.fleet.find(instance.workspace_id);
      if (live) live.instance = instance;
    }
    for (const live of ours) {
      if (deps.runs.of(live.row.id)) continue;
      // Asked for before this platform began, and perhaps not carried out.
      const stopped = live.row.desired === 'stopped' && live.facts.status !== 'paused';
      if (stopped) void this.#apply(live, applyStop(live.facts, 'an operator', deps.now()), SUPERVISOR);
    }
    const running = new Set(found.filter((instance) => instance.state === 'running').map((instance) => instance.workspace_id));
    for (const live of wanted) {
      // A run that is under way leads it on from its own step.
      if (deps.runs.of(live.row.id)) continue;
      if (running.has(live.row.id)) {
        // A stop and a start were asked for, and neither was carried out: it runs, as wanted.
        if (live.facts.status === 'paused') void this.#apply(live, applyStart(live.facts, deps.now()), SUPERVISOR);
        // It beats at an address where nobody listens any more.
        if (moved) this.#restart(live.row.id, 'address', 'Canvas has another address than when it was started');
        continue;
      }
      // `ended` is between two of its own attempts: the provisioner starts it again, with its back-off and its cap.
      if (live.facts.status === 'failed' || live.instance?.state === 'ended') continue;
      if (live.facts.status === 'provisioning') {
        void this.start(live.row.id, SUPERVISOR);
        continue;
      }
      const ended = applyProcessEnd(live.facts, { code: null, signal: null, output: '', restarting: true }, deps.now());
      void this.#apply(live, ended, SUPERVISOR);
      this.#restart(live.row.id, 'comeback', null);
    }
  }

  /** Whether workspaces that were started before know the platform under another address than today's. */
  async #addressChanged(deps: Deps): Promise<boolean> {
    const url = deps.options.platformUrl();
    const before = await getMeta(deps.store.db, ADDRESS_KEY);
    if (before !== url) await deps.oneAtATime(() => setMeta(deps.store.db, ADDRESS_KEY, url));
    return before !== null && before !== url;
  }

  /** The platform's own restarts take the way of every other one. */
  #restart(id: string, origin: 'address' | 'comeback', reason: string | null): void {
    const kind = origin === 'comeback' ? 'resume' : 'restart';
    this.#deps()
      .runs.request({ workspaceId: id, kind, origin, actor: SUPERVISOR, reason, deadlineSeconds: null })
      .catch((error: unknown) => this.#deps().log('error', 'a workspace could not be restarted', { workspace_id: id, why: String(error) }));
  }

  /** Starts it with a fresh token; a failure becomes its status, with the reason. What runs already is left alone. */
  start(id: string, actor: EventActor): Promise<void> {
    return this.#inTurn(id, () => this.#start(id, actor));
  }

  /** Asks its process to end, and ends it after a deadline. The status is the caller's affair. Rejects when that failed. */
  halt(id: string): Promise<Instance> {
    return this.#inOrder(id, async () => {
      const deps = this.#deps();
      const live = this.#provisioned(deps, id);
      live.instance = await provisionerOf(deps).stop(id, { deadline_ms: STOP_DEADLINE_MS });
      this.#changed(live);
      return live.instance;
    });
  }

  /**
   * Starts it with a fresh token, from `snapshot` when there is one; what runs already is left alone. The status is the
   * caller's affair. Rejects when it could not be started.
   */
  launch(id: string, snapshot: Snapshot | null): Promise<Instance> {
    return this.#inOrder(id, async () => (await this.runningOf(id)) ?? this.#launch(id, snapshot));
  }

  /** Its process as it is now; null when none runs. */
  async runningOf(id: string): Promise<Instance | null> {
    const instance = await provisionerOf(this.#deps()).inspect(id);
    return instance?.state === 'running' ? instance : null;
  }

  remove(id: string): Promise<void> {
    return this.#inTurn(id, async () => {
      await this.#deps().provisioner?.remove(id);
    });
  }

  /** What ends now ends with the platform, and is shown so until it is started again. */
  async close(how: 'stop' | 'leave'): Promise<void> {
    this.#closing = true;
    await this.#deps().provisioner?.close(how);
    this.#unsubscribe?.();
  }

  /** Starting, stopping and removing one workspace never overlap; a failure is logged, and ends only its own turn. */
  #inTurn(id: string, work: () => Promise<void>): Promise<void> {
    return this.#inOrder(id, work).catch((error: unknown) => {
      this.#deps().log('error', 'the process of a workspace could not be changed', { workspace_id: id, why: String(error) });
    });
  }

  #inOrder<T>(id: string, work: () => Promise<T>): Promise<T> {
    const mine = (this.#turns.get(id) ?? Promise.resolve()).then(work);
    const settled = mine.then(
      () => undefined,
      () => undefined,
    );
    this.#turns.set(id, settled);
    void settled.then(() => {
      if (this.#turns.get(id) === settled) this.#turns.delete(id);
    });
    return mine;
  }

  async #start(id: string, actor: EventActor): Promise<void> {
    const deps = this.#deps();
    const live = this.#provisioned(deps, id);
    // A fresh token would end the one that the running process holds.
    const running = await provisionerOf(deps).inspect(id);
    if (running?.state === 'running') return;
    try {
      await this.#apply(live, applyStart(live.facts, deps.now()), actor);
      deps.clock.place(live);
      await this.#launch(id, null);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      deps.log('error', 'a workspace could not be started', { workspace_id: id, why });
      await this.#apply(live, applyStartFailure(live.facts, startFailureOf(error), deps.now()), SUPERVISOR);
    }
    this.#changed(live);
  }

  async #launch(id: string, snapshot: Snapshot | null): Promise<Instance> {
    const deps = this.#deps();
    const live = this.#provisioned(deps, id);
    const token = await this.#freshToken(deps, live, deps.now());
    live.instance = await provisionerOf(deps).start({
      workspace_id: id,
      name: live.row.name,
      config: live.row.config,
      auth_token: token,
      inbound_secret: live.row.inbound_secret,
      platform_url: deps.options.platformUrl(),
      snapshot,
    });
    this.#changed(live);
    return live.instance;
  }

  #seen(event: ProvisionerEvent): void {
    const deps = this.#deps();
    const live = deps.fleet.find(event.workspace_id);
    if (!live) return;
    void this.#refresh(live);
    const base = { workspace_id: event.workspace_id, actor: SUPERVISOR, at: event.at } as const;
    let news: NewEvent;
    let verdict: Verdict | null = null;
    if (event.type === 'started') {
      news = { ...base, type: 'process.started', data: { pid: event.pid, attempt: event.attempt } };
      if (event.attempt > 1) verdict = applyStart(live.facts, event.at);
    } else if (event.type === 'ended') {
      news = { ...base, type: 'process.ended', data: { code: event.code, signal: event.signal, output: event.output } };
      if (!event.expected || this.#closing) verdict = applyProcessEnd(live.facts, event, event.at);
    } else {
      const { restarts, window_seconds, output } = event;
      news = { ...base, type: 'process.gave_up', data: { restarts, window_seconds, output } };
      verdict = applyGaveUp(live.facts, event, event.at);
    }
    void deps.statuses.submit(live, [news]);
    if (verdict) void this.#apply(live, verdict, SUPERVISOR);
    deps.clock.place(live);
    if (!this.#closing) void this.#tellRun(live, event);
  }

  /** Its restart run learns what was seen; an end that nobody asked for begins one. */
  async #tellRun(live: LiveWorkspace, event: ProvisionerEvent): Promise<void> {
    const { runs, log } = this.#deps();
    try {
      if (event.type === 'started' && event.attempt > 1) await runs.provisionerStarted(live, event);
      else if (event.type === 'gave_up')
        await runs.provisionerGaveUp(live, live.facts.reason, lastWords(String(scrub(event.output).value)));
      else if (event.type === 'ended' && !event.expected && event.restarting) {
        const { code, signal } = event;
        await runs.crashed(live, processEndReason({ ...event, output: '' }).slice(0, 500), { code, signal });
      }
    } catch (error) {
      if (!runs.ending.aborted) log('error', 'a restart run could not be told', { workspace_id: live.row.id, why: String(error) });
    }
    runs.poke(live);
  }

  async #refresh(live: LiveWorkspace): Promise<void> {
    try {
      live.instance = (await this.#deps().provisioner?.inspect(live.row.id)) ?? null;
      this.#changed(live);
    } catch (error) {
      // A provisioner that is closing answers nothing more; the end itself was told by the event.
      if (!this.#closing)
        this.#deps().log('warn', 'the process of a workspace could not be looked at', { workspace_id: live.row.id, why: String(error) });
    }
  }

  async #apply(live: LiveWorkspace, verdict: Verdict, actor: EventActor): Promise<void> {
    const deps = this.#deps();
    await settle(deps, live, verdict, actor, deps.now());
  }

  #changed(live: LiveWorkspace): void {
    const deps = this.#deps();
    touch(live, deps.now());
    deps.feed.changed(live.row.id);
  }

  #provisioned(deps: Deps, id: string): LiveWorkspace {
    const live = deps.fleet.get(id);
    if (deps.provisioner && live.row.provisioner === deps.provisioner.kind) return live;
    throw new CanvasError('conflict', `Canvas did not start workspace ${id}, so it cannot start or stop it. Do it where it runs.`);
  }

  async #freshToken(deps: Deps, live: LiveWorkspace, now: number): Promise<string> {
    const minted = mintToken(newId());
    const id = live.row.id;
    await deps.oneAtATime(() =>
      inTransaction(deps.store, async (tx) => {
        await insertToken(tx, tokenRow(minted, id, now));
        await expireOlder(tx, id, minted.id, now + ROTATION_OVERLAP_MS);
      }),
    );
    deps.tokens.add(minted.hash, { id: minted.id, workspace_id: id, created_at: now, last_used_at: null, expires_at: null });
    deps.tokens.expireOthers(id, minted.id, now + ROTATION_OVERLAP_MS);
    return minted.text;
  }
}

function provisionerOf(deps: Deps): NonNullable<Deps['provisioner']> {
  if (!deps.provisioner) throw new CanvasError('conflict', 'This Canvas cannot start workspaces on its machine.');
  return deps.provisioner;
}
