import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, realpathSync, renameSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CanvasError } from '#lib/contract/errors.ts';
import type { Instance, Provisioner, ProvisionerEvent } from '#lib/ports/provisioner.ts';
import { childEnvironment } from './child-environment.ts';
import { type ProcessFolder, processFolder, readSecrets } from './process-folder.ts';
import { acquireProcessLock } from './process-lock.ts';
import { type LogLimits, rotateLog, tailLog } from './process-log.ts';
import type { ProcessLogEntry, SupervisorPolicy } from './process-policy.ts';
import { endStray, findAgain, ourProcesses } from './process-recovery.ts';
import type { ProcessSupervisor } from './process-supervisor.ts';
import { listProcesses } from './process-table.ts';

export interface ProcessProvisionerOptions {
  /** Each workspace gets `<dataDir>/workspaces/<id>/`. */
  dataDir: string;
  /** Program and leading arguments of the runtime, with absolute paths: it runs in its workspace's folder. */
  command: readonly string[];
  /** Our own environment; only what `childEnvironment` lists is handed on. */
  environment: Readonly<Record<string, string | undefined>>;
  /** More names to hand on. */
  environmentNames?: readonly string[];
  log(entry: ProcessLogEntry): void;
  /** SIGTERM is followed by SIGKILL after this long, where a caller gives no deadline of its own. */
  stopDeadlineMs: number;
  /** First pause before an unasked restart and the longest; it doubles in between. 1 s and 60 s unless given. */
  backoff?: { baseMs: number; maxMs: number };
  /** 3 restarts in 10 minutes unless given. */
  cap?: { restarts: number; windowMs: number };
  /** 1 MiB and 3 files unless given. */
  logLimits?: LogLimits;
  /** 20 s unless given. */
  readyMs?: number;
  /** How often logs are measured, and adopted processes looked at; 1 s unless given. */
  pollMs?: number;
  /** How long a start waits for another living owner of the same folder to end; 5 s unless given. */
  lockWaitMs?: number;
}

/** Workspaces as processes of this machine (Linux, macOS and other Unix). One per data folder at a time. */
export function createProcessProvisioner(options: ProcessProvisionerOptions): Provisioner {
  const { stopDeadlineMs, pollMs = 1000, logLimits = { maxBytes: 1024 * 1024, files: 3 } } = options;
  const listeners = new Set<(event: ProvisionerEvent) => void>();
  const supervisors = new Map<string, Promise<ProcessSupervisor>>();
  const policy: SupervisorPolicy = {
    command: options.command,
    environment: childEnvironment(options.environment, options.environmentNames ?? []),
    backoff: options.backoff ?? { baseMs: 1000, maxMs: 60_000 },
    cap: options.cap ?? { restarts: 3, windowMs: 600_000 },
    readyMs: options.readyMs ?? 20_000,
    log: options.log,
    emit(event) {
      for (const listener of listeners) listener(event);
    },
  };
  mkdirSync(join(options.dataDir, 'workspaces'), { recursive: true, mode: 0o700 });
  // Processes are told apart by this path in their arguments: one folder, one spelling.
  const root = realpathSync(join(options.dataDir, 'workspaces'));

  let closed = false;
  let lock: Promise<() => void> | null = null;
  const owned = async (): Promise<void> => {
    if (closed) throw new CanvasError('unavailable', 'The provisioner is closed: the platform is shutting down.');
    lock ??= acquireProcessLock(join(root, '..', 'provisioner.lock'), options.lockWaitMs ?? 5000);
    try {
      await lock;
    } catch (error) {
      lock = null;
      throw error;
    }
  };

  const rotation = setInterval(() => {
    for (const id of supervisors.keys()) {
      try {
        rotateLog(folderOf(id).log, logLimits);
      } catch (error) {
        options.log({ level: 'warn', workspace_id: id, message: `Its log could not be rotated: ${String(error)}` });
      }
    }
  }, pollMs);
  rotation.unref();

  function folderOf(id: string): ProcessFolder {
    if (!/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}$/.test(id))
      throw new CanvasError(
        'bad_request',
        `"${id}" cannot name a folder: a workspace id here has letters, digits, "_", "-" and (not first) ".".`,
      );
    return processFolder(join(root, id));
  }

  /** The first look at a workspace finds again what an earlier platform left of it. */
  function supervisorOf(id: string): Promise<ProcessSupervisor> {
    const known = supervisors.get(id);
    if (known) return known;
    const found = findAgain({ id, folder: folderOf(id), policy, pollMs, stopDeadlineMs });
    supervisors.set(id, found);
    found.catch(() => supervisors.delete(id));
    return found;
  }

  /** Runs `act` on the supervisor that is current at that very moment: a `remove` may have come between. */
  async function withSupervisor<T>(id: string, act: (supervisor: ProcessSupervisor) => Promise<T> | T): Promise<T> {
    await owned();
    for (;;) {
      const found = supervisorOf(id);
      const supervisor = await found;
      if (supervisors.get(id) === found) return act(supervisor);
    }
  }

  async function endOrphans(keep: ReadonlySet<string>): Promise<void> {
    const strays = ourProcesses(await listProcesses(), root).filter((row) => !keep.has(row.id));
    await Promise.all(
      strays.map(async (row) => {
        options.log({
          level: 'warn',
          workspace_id: row.id,
          pid: row.pid,
          message: `Process ${row.pid} runs for workspace ${row.id}, which should not run here: ending it`,
        });
        await endStray(row, stopDeadlineMs);
      }),
    );
  }

  return {
    kind: 'process',
    start: (spec) => withSupervisor(spec.workspace_id, (supervisor) => supervisor.start(spec)),
    stop: (id, { deadline_ms }) => withSupervisor(id, (supervisor) => supervisor.stop(deadline_ms)),
    kill: (id) => withSupervisor(id, (supervisor) => supervisor.kill()),
    async inspect(id) {
      if (!existsSync(folderOf(id).path)) return null;
      return withSupervisor(id, (supervisor) => supervisor.instance());
    },
    async recover(ids) {
      await owned();
      const keep = new Set(ids);
      await endOrphans(keep);
      const names = await readdir(root);
      await Promise.all(
        names.filter((name) => name.startsWith('.removed-')).map((name) => rm(join(root, name), { recursive: true, force: true })),
      );
      const known = names.filter((name) => keep.has(name));
      return Promise.all(known.map((id): Promise<Instance> => withSupervisor(id, (supervisor) => supervisor.instance())));
    },
    async log(id, lines) {
      const folder = folderOf(id);
      const secrets = readSecrets(folder);
      return tailLog(folder.log, lines, logLimits).map((line) =>
        secrets.reduce((text, secret) => text.replaceAll(secret, '[REDACTED]'), line),
      );
    },
    async remove(id) {
      const grave = join(root, `.removed-${randomUUID()}`);
      await withSupervisor(id, async (supervisor) => {
        do await supervisor.stop(stopDeadlineMs);
        while (!supervisor.idle);
        // One step: a start that comes now begins with a new folder and a new supervisor.
        supervisors.delete(id);
        if (existsSync(folderOf(id).path)) renameSync(folderOf(id).path, grave);
      });
      await rm(grave, { recursive: true, force: true });
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close(how) {
      if (closed) return;
      closed = true;
      clearInterval(rotation);
      const all = await Promise.all(supervisors.values());
      if (how === 'stop') await Promise.all(all.map((supervisor) => supervisor.stop(stopDeadlineMs)));
      for (const supervisor of all) supervisor.leave();
      const release = await lock?.catch(() => undefined);
      release?.();
    },
  };
}
