import { randomBytes } from 'node:crypto';
import { CanvasError } from '#lib/contract/errors.ts';
import type { Instance, StartSpec } from '#lib/ports/provisioner.ts';
import { startFailure, stoppedWhileStarting, undying } from './process-failures.ts';
import { newState, type ProcessFolder, type SavedState, writeCredentials, writeStartFiles, writeState } from './process-folder.ts';
import { endedWithin, type Life, type LifeEnd, spawnLife, untilItListens } from './process-life.ts';
import { outputOf } from './process-log.ts';
import { backoffMs, type ProcessLogEntry, type SupervisorPolicy } from './process-policy.ts';
import { readProcess } from './process-table.ts';

/**
 * One workspace's process, from `idle` and back.
 *
 *   phase     what is true inside                                              what ends it
 *   idle      nothing of ours runs, nothing is due; `outcome` says why         start → starting
 *   starting  a nonce is on disk, its process is spawned or about to be        runtime.json names the nonce → running;
 *             and has not said that it listens                                 its end → idle(failed) if somebody asked, else waiting
 *   running   the process lives and has listened (or was found again)          stop, kill → stopping; its end → waiting, idle(failed) at the cap
 *   stopping  somebody asked for its end; it may still live                    its end → idle(stopped)
 *   waiting   it ended unasked and a timer will start it again                 timer → starting; start → starting; stop → idle(stopped)
 *
 * `enter` alone changes the phase, and has it on disk before anything else happens. A process is spawned only in
 * `starting`, which is entered only from a phase in which none lives: there are never two. What happens between two
 * awaits is one step, so the phases need no lock.
 */
type Phase =
  | { name: 'idle'; outcome: SavedState['outcome'] }
  | { name: 'starting'; life: Life | null; ready: Promise<Instance> }
  | { name: 'running'; life: Life }
  | { name: 'stopping'; life: Life }
  | { name: 'waiting'; dueAt: number; timer: NodeJS.Timeout };

const OUTPUT_LINES = 20;
const KILL_PATIENCE_MS = 10_000;

export class ProcessSupervisor {
  readonly #id: string;
  readonly #folder: ProcessFolder;
  readonly #policy: SupervisorPolicy;
  #saved: SavedState;
  #phase: Phase;
  #url: string | null = null;
  #seenAliveAt: number | null = null;
  #left = false;

  constructor(id: string, folder: ProcessFolder, policy: SupervisorPolicy, saved: SavedState | null) {
    this.#id = id;
    this.#folder = folder;
    this.#policy = policy;
    this.#saved = saved ?? newState();
    this.#phase = { name: 'idle', outcome: this.#saved.outcome };
  }

  /** Carries on with a process that an earlier platform started. */
  adopt(life: Life, about: { url: string | null; listens: boolean; started: string }): void {
    this.#url = about.url;
    const { nonce, startedAt: started_at, attempt } = life;
    this.#enter({ name: 'running', life }, { nonce, started: about.started, started_at, attempt });
    this.#listenForEnd(life);
    if (!about.listens) void this.#awaitReady(life);
  }

  /** Carries on where an earlier platform left off, when its process is no more. */
  resume(): void {
    const { phase, due_at, nonce } = this.#saved;
    if (phase === 'waiting') this.#wait(Math.max(0, (due_at ?? 0) - Date.now()));
    else if (phase !== 'idle')
      this.#afterEnd({ code: null, signal: null, error: null }, { nonce: nonce ?? '', expected: phase === 'stopping', asked: false });
  }

  async start(spec: StartSpec): Promise<Instance> {
    for (;;) {
      if (this.#left) throw new CanvasError('unavailable', 'The platform is shutting down: nothing is started any more.');
      const phase = this.#phase;
      if (phase.name === 'stopping') {
        await phase.life.ended;
        continue;
      }
      if (phase.name === 'idle' || phase.name === 'waiting') {
        if (phase.name === 'waiting') clearTimeout(phase.timer);
        writeStartFiles(this.#folder, spec);
        return this.#begin({ asked: true, attempt: 1, name: spec.name, restarts: [] });
      }
      writeCredentials(this.#folder, spec);
      return phase.name === 'starting' ? phase.ready : this.instance();
    }
  }

  async stop(deadlineMs: number): Promise<Instance> {
    const life = this.#askedToEnd();
    if (!life) return this.instance();
    life.ask();
    const inTime = await endedWithin(life, deadlineMs);
    if (!inTime) await this.#force(life, `SIGTERM and ${deadlineMs} ms`);
    return this.instance();
  }

  async kill(): Promise<Instance> {
    const life = this.#askedToEnd();
    if (life) await this.#force(life, 'no warning');
    return this.instance();
  }

  /** Lets the process live on without us; the state on disk stays as it is. */
  leave(): void {
    this.#left = true;
    if (this.#phase.name === 'waiting') clearTimeout(this.#phase.timer);
    this.#life()?.leave();
  }

  instance(): Instance {
    const life = this.#life();
    const phase = this.#phase;
    return {
      workspace_id: this.#id,
      state: life || phase.name === 'starting' ? 'running' : phase.name === 'idle' ? phase.outcome : 'ended',
      pid: life?.pid ?? null,
      url: life ? this.#url : null,
      started_at: life?.startedAt ?? this.#saved.started_at,
      seen_alive_at: life?.seenAliveAt() ?? this.#seenAliveAt,
      exit_code: life ? null : this.#saved.exit_code,
      exit_signal: life ? null : this.#saved.exit_signal,
      restarts_in_window: this.#recentRestarts().length,
    };
  }

  get idle(): boolean {
    return this.#phase.name === 'idle';
  }

  #begin(how: { asked: boolean; attempt: number; name: string; restarts: number[] }): Promise<Instance> {
    const { asked, ...kept } = how;
    const nonce = randomBytes(16).toString('hex');
    const startedAt = Date.now();
    let settle: { resolve(instance: Instance): void; reject(error: unknown): void } | undefined;
    const ready = new Promise<Instance>((resolve, reject) => {
      settle = { resolve, reject };
    });
    // Whoever asked hears of a failure through this promise; a restart of our own is nobody's to await.
    ready.catch(() => undefined);
    this.#url = null;
    this.#enter(
      { name: 'starting', life: null, ready },
      { ...kept, nonce, started: null, started_at: startedAt, exit_code: null, exit_signal: null },
    );
    const { command, environment } = this.#policy;
    let life: Life;
    try {
      life = spawnLife({ command, environment, folder: this.#folder, nonce, startedAt, attempt: how.attempt, asked });
    } catch (error) {
      const end = { code: null, signal: null, error: messageOf(error) };
      settle?.reject(startFailure(this.#saved.name, end, this.#afterEnd(end, { nonce, expected: false, asked })));
      return ready;
    }
    this.#enter({ name: 'starting', life, ready }, {});
    if (life.pid !== null) {
      this.#policy.emit({ type: 'started', workspace_id: this.#id, pid: life.pid, attempt: how.attempt, at: life.startedAt });
      void readProcess(life.pid).then((row) => {
        if (row && !this.#left && this.#life() === life) this.#enter(this.#phase, { started: row.started });
      });
    }
    this.#listenForEnd(life, (error) => settle?.reject(error));
    void this.#awaitReady(life).then(() => settle?.resolve(this.instance()));
    return ready;
  }

  async #awaitReady(life: Life): Promise<void> {
    const { readyMs } = this.#policy;
    const said = await untilItListens(this.#folder, life, life.asked ? readyMs : null, () => !this.#left && this.#life() === life);
    if (said === 'gone') return;
    if (said === 'late') this.#say('warn', `has not said that it listens after ${readyMs} ms and is left to run`, life.pid);
    else this.#url = said.url;
    if (this.#phase.name === 'starting') this.#enter({ name: 'running', life }, {});
  }

  #listenForEnd(life: Life, refuse: (error: CanvasError) => void = () => undefined): void {
    void life.ended.then((end) => {
      if (this.#left) return;
      const expected = this.#phase.name === 'stopping';
      const asked = life.asked && this.#phase.name === 'starting';
      this.#seenAliveAt = life.seenAliveAt();
      const output = this.#afterEnd(end, { nonce: life.nonce, expected, asked });
      if (expected) refuse(stoppedWhileStarting(this.#saved.name));
      else if (asked) refuse(startFailure(this.#saved.name, end, output));
    });
  }

  /** The one place where an end is told. Answers the last output. */
  #afterEnd(end: LifeEnd, about: { nonce: string; expected: boolean; asked: boolean }): string {
    const at = Date.now();
    const output = [...outputOf(this.#folder.log, about.nonce, OUTPUT_LINES), ...(end.error ? [end.error] : [])].join('\n');
    const recent = this.#recentRestarts();
    const overCap = recent.length >= this.#policy.cap.restarts;
    const restarting = !about.expected && !about.asked && !overCap;
    const exit = { exit_code: end.code, exit_signal: end.signal, restarts: recent };
    if (restarting) this.#wait(backoffMs(this.#policy.backoff, recent.length), { ...exit, restarts: [...recent, at] });
    else this.#enter({ name: 'idle', outcome: about.expected ? 'stopped' : 'failed' }, exit);
    this.#policy.emit({
      type: 'ended',
      workspace_id: this.#id,
      code: end.code,
      signal: end.signal,
      output,
      expected: about.expected,
      restarting,
      at,
    });
    if (!restarting && !about.expected && !about.asked) {
      this.#policy.emit({
        type: 'gave_up',
        workspace_id: this.#id,
        restarts: recent.length,
        window_seconds: this.#policy.cap.windowMs / 1000,
        output,
        at,
      });
    }
    return output;
  }

  #wait(ms: number, also: Partial<SavedState> = {}): void {
    const dueAt = Date.now() + ms;
    const timer = setTimeout(() => {
      const nonce = this.#saved.nonce ?? '';
      try {
        void this.#begin({
          asked: false,
          attempt: this.#recentRestarts().length + 1,
          name: this.#saved.name,
          restarts: this.#recentRestarts(),
        });
      } catch (error) {
        this.#afterEnd({ code: null, signal: null, error: messageOf(error) }, { nonce, expected: false, asked: false });
      }
    }, ms);
    timer.unref();
    this.#enter({ name: 'waiting', dueAt, timer }, also);
  }

  #askedToEnd(): Life | null {
    const phase = this.#phase;
    if (phase.name === 'waiting') {
      clearTimeout(phase.timer);
      this.#enter({ name: 'idle', outcome: 'stopped' }, {});
    }
    const life = this.#life();
    if (life && phase.name !== 'stopping') this.#enter({ name: 'stopping', life }, {});
    return life;
  }

  async #force(life: Life, after: string): Promise<void> {
    await life.kill();
    if (await endedWithin(life, KILL_PATIENCE_MS)) return;
    throw undying(this.#saved.name, life.pid, after);
  }

  /**
   * Throws, with nothing changed, when a new nonce cannot be written: a process that could not be found again must not
   * be spawned. Every other phase is entered all the same, since what lives or ended does not wait for a full disk.
   */
  #enter(phase: Phase, also: Partial<SavedState>): void {
    const next: SavedState = {
      ...this.#saved,
      ...also,
      phase: phase.name,
      outcome: phase.name === 'idle' ? phase.outcome : this.#saved.outcome,
      due_at: phase.name === 'waiting' ? phase.dueAt : null,
      pid: 'life' in phase ? (phase.life?.pid ?? null) : null,
    };
    try {
      writeState(this.#folder, next);
    } catch (error) {
      if (next.nonce !== this.#saved.nonce) throw error;
      this.#say('error', `could not have its state saved: ${messageOf(error)}`);
    }
    this.#phase = phase;
    this.#saved = next;
  }

  #life(): Life | null {
    return 'life' in this.#phase ? this.#phase.life : null;
  }

  #recentRestarts(): number[] {
    const from = Date.now() - this.#policy.cap.windowMs;
    return this.#saved.restarts.filter((at) => at > from);
  }

  #say(level: ProcessLogEntry['level'], what: string, pid: number | null = null): void {
    this.#policy.log({ level, workspace_id: this.#id, pid, message: `Workspace "${this.#saved.name}" ${what}` });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
