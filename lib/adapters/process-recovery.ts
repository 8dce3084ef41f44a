import { setTimeout as delay } from 'node:timers/promises';
import { type ProcessFolder, type RuntimeFile, readRuntimeFile, readState, type SavedState } from './process-folder.ts';
import { adoptLife, endedWithin } from './process-life.ts';
import type { SupervisorPolicy } from './process-policy.ts';
import { ProcessSupervisor } from './process-supervisor.ts';
import { listProcesses, type ProcessRow } from './process-table.ts';

/** A running process that carries our mark: its own session, a config file of our data folder and a nonce. */
export interface OurProcess extends ProcessRow {
  /** The workspace that its config file belongs to. */
  id: string;
  nonce: string;
}

/** `root`: the folder of the workspaces' folders, links resolved. */
export function ourProcesses(table: readonly ProcessRow[], root: string): OurProcess[] {
  const ours: OurProcess[] = [];
  for (const row of table) {
    // Between fork and exec a child of a runtime wears its parent's arguments; it does not lead its group yet.
    if (row.zombie || row.pgid !== row.pid) continue;
    const from = row.command.indexOf(` --config ${root}/`);
    const match = /^([A-Za-z0-9._-]+)\/workspace\.json --instance ([0-9a-f]{32})$/.exec(
      from < 0 ? '' : row.command.slice(from + ` --config ${root}/`.length),
    );
    if (match) ours.push({ ...row, id: match[1] ?? '', nonce: match[2] ?? '' });
  }
  return ours;
}

/**
 * Supervises a workspace whose earlier supervisor may have been killed at any moment. Its process is recognised by pid,
 * start time and nonce together, so that no stranger is taken for it; killed between spawn and the note of the pid, by
 * the nonce alone, which was written before. Anything else that carries our mark for this workspace is ended: there is
 * one process for a workspace.
 */
export async function findAgain(about: {
  id: string;
  folder: ProcessFolder;
  policy: SupervisorPolicy;
  pollMs: number;
  stopDeadlineMs: number;
}): Promise<ProcessSupervisor> {
  const { id, folder, policy, pollMs, stopDeadlineMs } = about;
  const state = readState(folder);
  const candidates = await processesOf(id, folder, state);
  const found = candidates.find((row) => isTheOne(row, state)) ?? null;
  for (const stray of candidates) {
    if (stray === found) continue;
    policy.log({
      level: 'warn',
      workspace_id: id,
      pid: stray.pid,
      message: `Process ${stray.pid} is a second one of workspace ${id}: ending it`,
    });
    await endStray(stray, stopDeadlineMs);
  }
  const supervisor = new ProcessSupervisor(id, folder, policy, state);
  if (!found) {
    supervisor.resume();
    return supervisor;
  }
  const said = readRuntimeFile(folder, found.nonce);
  const url = said && (await isDeniedBy(said)) ? null : (said?.url ?? null);
  const life = adoptLife(found, { nonce: found.nonce, startedAt: state?.started_at ?? Date.now(), attempt: state?.attempt ?? 1 }, pollMs);
  supervisor.adopt(life, { url, listens: said !== null, started: found.started });
  policy.log({ level: 'info', workspace_id: id, pid: found.pid, message: `Found workspace ${id} again: process ${found.pid}` });
  if (state?.phase === 'stopping') await supervisor.stop(stopDeadlineMs);
  return supervisor;
}

/** SIGTERM, then SIGKILL. */
export async function endStray(row: OurProcess, deadlineMs: number): Promise<void> {
  const life = adoptLife(row, { nonce: row.nonce, startedAt: Date.now(), attempt: 0 }, 1000);
  life.ask();
  if (await endedWithin(life, deadlineMs)) return;
  await life.kill();
  await life.ended;
}

function isTheOne(row: OurProcess, state: SavedState | null): boolean {
  // Without a state of ours its mark still says that we started it.
  if (state === null) return true;
  if (row.nonce !== state.nonce) return false;
  return (state.pid === null || state.pid === row.pid) && (state.started === null || state.started === row.started);
}

/** A platform that was killed while it spawned may have left a process that does not wear its arguments yet: look again. */
async function processesOf(id: string, folder: ProcessFolder, state: SavedState | null): Promise<OurProcess[]> {
  const root = folder.path.slice(0, -id.length - 1);
  const spawning = state?.phase === 'starting' && state.pid === null;
  for (let looks = spawning ? 10 : 1; ; looks--) {
    const found = ourProcesses(await listProcesses(), root).filter((row) => row.id === id);
    if (found.length > 0 || looks <= 1) return found;
    await delay(50);
  }
}

/** Whether another program answers at the address. Silence denies nothing: a busy runtime is still the one with our nonce. */
async function isDeniedBy(said: RuntimeFile): Promise<boolean> {
  if (said.url === null) return false;
  try {
    const answer = await fetch(new URL('/healthz', said.url), { signal: AbortSignal.timeout(1000) });
    const body = (await answer.json()) as { instance?: unknown; boot_id?: unknown };
    return body.instance !== said.instance || (said.boot_id !== null && body.boot_id !== said.boot_id);
  } catch (error) {
    return error instanceof SyntaxError;
  }
}
