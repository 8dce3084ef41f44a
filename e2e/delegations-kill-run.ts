import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { DelegateAnswer } from '#lib/contract/delegations.ts';
import { runningPrograms } from './chaos/agent-killer.ts';
import { type ChaosWorkspace, foundColony } from './chaos/colony.ts';
import { agentLedger, endsInLedger, filedResults, inboxLines, statesNow } from './chaos/delegation-evidence.ts';
import { delegationPlan, type PlannedDelegation } from './chaos/delegation-plan.ts';
import { brokenDelegations, type DelegationVerdict, judgeDelegations, verdictText } from './chaos/judge-delegations.ts';
import { untilQuiet } from './chaos/quiet.ts';
import { type StandingPlatform, standingPlatform } from './chaos/standing-platform.ts';
import { type SteadyClient, steadyClient } from './chaos/steady-client.ts';
import { livingWorkspaces } from './kill/living-workspaces.ts';
import { seededRandom } from './kill/seeded-random.ts';
import { freePort, launchPlatform, onDatabase } from './running-platform.ts';

export interface DelegationsOptions {
  delegations: number;
  workspaces: number;
  killEvery: number;
  seed: number;
  keep?: boolean;
  ending?: AbortSignal;
  /** An empty PostgreSQL database; the embedded one when absent. */
  database?: string | undefined;
  say: (line: string) => void;
}

export interface DelegationsReport extends DelegationsOptions {
  kills: Record<string, number>;
  states: Record<string, number>;
  seconds: number;
  verdict: DelegationVerdict;
}

/** From the sources and from a bundle alike. */
const PROGRAM = resolve(dirname(fileURLToPath(import.meta.url)), '..', 'e2e', 'chaos', 'agent-program.js');
const COOLDOWN_SECONDS = 2;
const SETTLE_MS = 240_000;
const QUIET_MS = 120_000;

/**
 * Workspaces delegate to each other while the platform, the asking and the asked ones are killed; judged by what the
 * platform, the sources' files, their agents and the inbox hold at the end. Its folder is kept when a promise broke.
 */
export async function killDelegations(options: DelegationsOptions): Promise<DelegationsReport & { folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'canvas-delegations-'));
  const ledgers = join(folder, 'ledgers');
  let platform: StandingPlatform | null = null;
  let kept = true;
  try {
    const port = await freePort();
    platform = await standingPlatform(() => launchPlatform({ dataDir: folder, port, ...onDatabase(options.database) }));
    const ending = new Promise<never>((_resolve, reject) =>
      options.ending?.addEventListener('abort', () => reject(new Error('it was ended before its time')), { once: true }),
    );
    const report = await Promise.race([play(options, platform, ledgers), ending]);
    kept = brokenDelegations(report.verdict) > 0 || options.keep === true;
    return { ...report, folder };
  } finally {
    if (platform) {
      await platform.close();
      const runtimes = (await livingWorkspaces(platform.dataDir)).map(({ pid }) => pid);
      for (const pid of [...runtimes, ...(await runningPrograms(PROGRAM, ledgers))]) kill9(pid);
      await writeFile(join(folder, 'platform.log'), platform.log());
    }
    if (kept) options.say(`Everything is kept in ${folder}`);
    else await rm(folder, { recursive: true, force: true });
  }
}

async function play(options: DelegationsOptions, platform: StandingPlatform, ledgers: string): Promise<DelegationsReport> {
  const began = Date.now();
  const plan = delegationPlan(seededRandom(options.seed), options);
  const { dataDir, url } = platform;
  const client = steadyClient(url);
  const config = { results_cooldown_seconds: COOLDOWN_SECONDS };
  const workspaces = await foundColony(client, { dataDir, ledgers, program: PROGRAM, count: options.workspaces, config });
  options.say(`${workspaces.length} workspaces are online at ${url}, in ${dataDir}`);
  const { given, kills } = await giveAll(plan, { client, platform, workspaces, seed: options.seed, say: options.say });
  await settled(client, workspaces, given);
  await untilQuiet(
    client,
    workspaces.map(({ id }) => id),
    QUIET_MS,
  );
  const states = await statesNow(client);
  const inbox = await inboxLines(client);
  await platform.stop();
  const files = await Promise.all(workspaces.map(filedResults));
  const agents = await Promise.all(workspaces.map(agentLedger));
  const verdict = judgeDelegations({
    given,
    states,
    ends: await endsInLedger(dataDir, options.database),
    filed: files.flat(),
    told: agents.flatMap(({ told }) => told),
    inbox,
    done: agents.flatMap(({ done }) => done),
  });
  const counts: Record<string, number> = {};
  for (const state of states.values()) counts[state] = (counts[state] ?? 0) + 1;
  return { ...options, kills, states: counts, seconds: Math.round((Date.now() - began) / 1000), verdict };
}

interface Stage {
  client: SteadyClient;
  platform: StandingPlatform;
  workspaces: readonly ChaosWorkspace[];
  seed: number;
  say: (line: string) => void;
}

/** Gives them one after another, and kills meanwhile. Each is sent under a key until it is acknowledged. */
async function giveAll(plan: readonly PlannedDelegation[], stage: Stage): Promise<{ given: string[]; kills: Record<string, number> }> {
  const given: string[] = [];
  const kills: Record<string, number> = {};
  const killing: Promise<void>[] = [];
  for (const one of plan) {
    const { kill } = one;
    if (kill) {
      const done = delay(kill.delayMs).then(() => killVictim(one, stage));
      killing.push(
        done.then((killed) => {
          if (killed) kills[kill.victim] = (kills[kill.victim] ?? 0) + 1;
          stage.say(`delegation ${one.number}: the ${kill.victim} ${killed ? 'is killed' : 'was down already'}`);
        }),
      );
    }
    const body = {
      target_id: stage.workspaces[one.target]?.id,
      task: `Delegation ${one.number}: takes ${one.takesMs}`,
      idempotency_key: `${stage.seed}-${one.number}`,
    };
    const { status, body: answer } = await stage.client.call<DelegateAnswer>(
      'POST',
      `/workspaces/${stage.workspaces[one.source]?.id}/delegate`,
      { body },
    );
    if (status !== 202 && status !== 200) throw new Error(`delegation ${one.number} was refused with ${status}: ${JSON.stringify(answer)}`);
    given.push(answer.delegation_id);
    await delay(one.pauseMs);
  }
  await Promise.all(killing);
  return { given, kills };
}

async function killVictim({ kill, source, target }: PlannedDelegation, { platform, workspaces }: Stage): Promise<boolean> {
  if (kill?.victim === 'platform') {
    await platform.kill();
    return true;
  }
  const id = workspaces[kill?.victim === 'source' ? source : target]?.id;
  const runtime = (await livingWorkspaces(platform.dataDir)).find((one) => one.id === id);
  return runtime !== undefined && kill9(runtime.pid);
}

/** Until all have ended and every agent was told, or for as long as that may take. */
async function settled(client: SteadyClient, workspaces: readonly ChaosWorkspace[], given: readonly string[]): Promise<void> {
  for (const giveUpAt = Date.now() + SETTLE_MS; Date.now() < giveUpAt; await delay(500)) {
    await untilQuiet(
      client,
      workspaces.map(({ id }) => id),
      0,
    );
    const states = await statesNow(client);
    const told = new Set((await Promise.all(workspaces.map(agentLedger))).flatMap((one) => one.told));
    const shown = new Set(await inboxLines(client));
    if (given.every((id) => /^(completed|failed|expired)$/.test(states.get(id) ?? '') && told.has(id) && shown.has(id))) return;
  }
}

export function delegationsText({ kills, states, seconds, verdict }: DelegationsReport): string {
  const said = (counts: Record<string, number>) =>
    Object.entries(counts)
      .map(([name, count]) => `${count} ${name}`)
      .join(', ');
  return `${said(states)}; killed: ${said(kills) || 'nobody'}; ${seconds} s\n${verdictText(verdict)}`;
}

/** False: it has ended by itself. */
function kill9(pid: number): boolean {
  try {
    process.kill(pid, 'SIGKILL');
    return true;
  } catch {
    return false;
  }
}
