import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { aftermath } from './chaos/aftermath.ts';
import { type AgentKiller, agentKiller, runningPrograms } from './chaos/agent-killer.ts';
import { carryOutAll, killsOf } from './chaos/carry-out-all.ts';
import { allRuns } from './chaos/collect.ts';
import { type ChaosWorkspace, foundColony, foundSender } from './chaos/colony.ts';
import { judge } from './chaos/judge.ts';
import { readFinished, readLedger } from './chaos/ledger.ts';
import { carryOut } from './chaos/one-restart.ts';
import { chaosPlan } from './chaos/plan.ts';
import { brokenPromises, type ChaosReport } from './chaos/report-text.ts';
import { type Sender, startSender } from './chaos/sender.ts';
import { type StandingPlatform, standingPlatform } from './chaos/standing-platform.ts';
import { type SteadyClient, steadyClient } from './chaos/steady-client.ts';
import { livingWorkspaces } from './kill/living-workspaces.ts';
import { seededRandom } from './kill/seeded-random.ts';
import { freePort, launchPlatform, onDatabase } from './running-platform.ts';

export interface ChaosOptions {
  restarts: number;
  workspaces: number;
  seed: number;
  /** Keeps the folder of a run in which nothing broke, too. */
  keep?: boolean;
  /** Ends it at once when it aborts, with everything that it started. */
  ending?: AbortSignal;
  /** An empty PostgreSQL database; the embedded one when absent. */
  database?: string | undefined;
  say: (line: string) => void;
}

/** From the sources and from a bundle alike. */
const PROGRAM = resolve(dirname(fileURLToPath(import.meta.url)), '..', 'e2e', 'chaos', 'agent-program.js');
const SENDERS = 3;
const PAUSE_MS = 160;
const FIND_VICTIM_MS = 8000;

/**
 * Restarts workspaces that work on a steady load of messages, kills runtimes, agents and the platform itself meanwhile, and
 * judges by the agents' own ledgers what became of every message. Its folder is kept when a promise broke.
 */
export async function chaos(options: ChaosOptions): Promise<ChaosReport & { folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'canvas-chaos-'));
  const over = new AbortController();
  let platform: StandingPlatform | null = null;
  let kept = true;
  try {
    const port = await freePort();
    const standing = await standingPlatform(() => launchPlatform({ dataDir: folder, port, ...onDatabase(options.database) }));
    platform = standing;
    const ending = new Promise<never>((_resolve, reject) =>
      options.ending?.addEventListener('abort', () => reject(new Error('it was ended before its time')), { once: true }),
    );
    const report = await Promise.race([play(options, standing, join(folder, 'ledgers'), over.signal), ending]);
    kept = brokenPromises(report) > 0 || options.keep === true;
    return { ...report, folder };
  } finally {
    over.abort();
    if (platform) {
      await platform.close();
      await endAll(platform.dataDir, join(folder, 'ledgers'));
      await writeFile(join(folder, 'platform.log'), platform.log());
    }
    if (kept) options.say(`Everything is kept in ${folder}`);
    else await rm(folder, { recursive: true, force: true });
  }
}

async function play(options: ChaosOptions, platform: StandingPlatform, ledgers: string, over: AbortSignal): Promise<ChaosReport> {
  const began = Date.now();
  const dice = seededRandom(options.seed);
  const plan = chaosPlan(dice, options);
  const loadSeeds = Array.from({ length: SENDERS + 1 }, () => dice.below(2 ** 31));
  const { dataDir, url } = platform;
  const client = steadyClient(url);
  const workspaces = await foundColony(client, { dataDir, ledgers, program: PROGRAM, count: options.workspaces });
  options.say(`${workspaces.length} workspaces are online at ${url}, in ${dataDir}`);
  const senders = await foundSenders(client, workspaces, loadSeeds);
  const killer = agentKiller(PROGRAM);

  const load = new AbortController();
  const until = AbortSignal.any([load.signal, over]);
  const sending = Promise.all(senders.map((sender) => sender.run(until)));
  sending.catch(() => undefined);
  const outcomes = await carryOutAll(plan, {
    atOnce: Math.max(1, Math.min(5, Math.floor(workspaces.length / 2))),
    say: options.say,
    ending: over,
    carryOut(one) {
      const workspace = workspaces[one.workspace];
      if (!workspace) throw new Error(`there is no workspace ${one.workspace}`);
      const kill = () => killVictim(one.kill.victim, { platform, killer, workspace });
      return carryOut(one, { client, id: workspace.id, kill });
    },
  });
  load.abort();
  await sending;

  const { quiet, messages } = await aftermath(client, workspaces, senders);
  const runs = await allRuns(client);
  const orphans = await processesTooMany(dataDir, ledgers, workspaces, 1);
  const code = await platform.stop();
  if (code !== 0) orphans.push(`the platform ended with ${code}`);
  orphans.push(...(await processesTooMany(dataDir, ledgers, workspaces, 0)));
  const verdict = judge({
    messages,
    ledgers: await Promise.all(workspaces.map(({ ledger }) => readLedger(ledger))),
    finished: await Promise.all(workspaces.map(({ home }) => readFinished(home))),
    killedAgents: killer.killed,
    runs,
    stuck: [...outcomes.flatMap(({ stuck }) => stuck), ...quiet.stuck],
    orphans,
    notQuiet: quiet.problems,
  });
  const seconds = Math.round((Date.now() - began) / 1000);
  return { ...options, ...killsOf(plan, outcomes), runs, startedAgain: quiet.startedAgain, seconds, verdict };
}

/** An operator, and workspaces that send with their tokens. */
async function foundSenders(client: SteadyClient, workspaces: readonly ChaosWorkspace[], seeds: readonly number[]): Promise<Sender[]> {
  const parts = { client, targets: workspaces.map(({ id }) => id), pauseMs: PAUSE_MS * seeds.length };
  const [operatorSeed = 0, ...others] = seeds;
  const operator = startSender({ ...parts, name: 'operator', dice: seededRandom(operatorSeed) });
  const senders = others.map(async (seed, index) => {
    const as = await foundSender(client, `Sender ${index}`);
    return startSender({ ...parts, name: `sender${index}`, as, dice: seededRandom(seed) });
  });
  return [operator, ...(await Promise.all(senders))];
}

async function killVictim(
  victim: string,
  { platform, killer, workspace }: { platform: StandingPlatform; killer: AgentKiller; workspace: ChaosWorkspace },
): Promise<string | null> {
  if (victim === 'platform') {
    await platform.kill();
    return 'platform';
  }
  for (const giveUpAt = Date.now() + FIND_VICTIM_MS; Date.now() < giveUpAt; await delay(20)) {
    const killed = victim === 'agent' ? await killer.kill(workspace.ledger) : await killRuntime(platform.dataDir, workspace.id);
    if (killed !== null) return killed;
  }
  return null;
}

async function killRuntime(dataDir: string, id: string): Promise<string | null> {
  const runtime = (await livingWorkspaces(dataDir)).find((one) => one.id === id);
  return runtime && kill9(runtime.pid) ? `runtime ${runtime.pid}` : null;
}

/** What runs that should not, and what does not that should: `each` runtimes a workspace, and no program of an agent. */
async function processesTooMany(dataDir: string, ledgers: string, all: readonly ChaosWorkspace[], each: 0 | 1): Promise<string[]> {
  const living = await livingWorkspaces(dataDir);
  const wrong = all.flatMap(({ id }) => {
    const pids = living.filter((one) => one.id === id).map(({ pid }) => pid);
    return pids.length === each ? [] : [`${pids.length} processes of ${id} where ${each} should be: ${pids.join(', ')}`];
  });
  const programs = await runningPrograms(PROGRAM, ledgers);
  return [...wrong, ...programs.map((pid) => `agent program ${pid} runs for nobody`)];
}

/** Ends what is left, each by its own pid. */
async function endAll(dataDir: string, ledgers: string): Promise<void> {
  const runtimes = (await livingWorkspaces(dataDir)).map(({ pid }) => pid);
  for (const pid of [...runtimes, ...(await runningPrograms(PROGRAM, ledgers))]) kill9(pid);
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
