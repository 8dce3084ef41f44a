import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { agentKiller, runningPrograms } from './chaos/agent-killer.ts';
import { allRuns, answersOf } from './chaos/collect.ts';
import { type ChaosWorkspace, foundColony, foundSender } from './chaos/colony.ts';
import { judge } from './chaos/judge.ts';
import { readFinished, readLedger } from './chaos/ledger.ts';
import { carryOut, type RestartOutcome } from './chaos/one-restart.ts';
import { chaosPlan, type PlannedRestart, planText } from './chaos/plan.ts';
import { untilQuiet } from './chaos/quiet.ts';
import { brokenPromises, type ChaosReport } from './chaos/report-text.ts';
import { type Sender, startSender } from './chaos/sender.ts';
import { type StandingPlatform, standingPlatform } from './chaos/standing-platform.ts';
import { steadyClient } from './chaos/steady-client.ts';
import { livingWorkspaces } from './kill/living-workspaces.ts';
import { seededRandom } from './kill/seeded-random.ts';
import { freePort, startPlatform } from './running-platform.ts';

export interface ChaosOptions {
  restarts: number;
  workspaces: number;
  seed: number;
  say: (line: string) => void;
}

/** From the sources and from a bundle alike. */
const PROGRAM = resolve(dirname(fileURLToPath(import.meta.url)), '..', 'e2e', 'chaos', 'agent-program.js');
const SENDERS = 3;
const QUIET_MS = 240_000;
const FIND_VICTIM_MS = 5000;

/**
 * Restarts workspaces that work on a steady load of messages, kills runtimes, agents and the platform itself meanwhile, and
 * judges by the agents' own ledgers what became of every message. Its folder is kept when a promise broke.
 */
export async function chaos(options: ChaosOptions): Promise<ChaosReport & { folder: string }> {
  const began = Date.now();
  const folder = await mkdtemp(join(tmpdir(), 'canvas-chaos-'));
  const dice = seededRandom(options.seed);
  const plan = chaosPlan(dice, options);
  const loadSeeds = Array.from({ length: SENDERS + 1 }, () => dice.below(2 ** 31));
  const port = await freePort();
  const platform = await standingPlatform(() => startPlatform({ dataDir: folder, port }));
  const { dataDir, url } = platform.current;
  const client = steadyClient(url);
  let kept = true;
  try {
    const ledgers = join(folder, 'ledgers');
    const workspaces = await foundColony(client, { dataDir, ledgers, program: PROGRAM, count: options.workspaces });
    options.say(`${workspaces.length} workspaces are online at ${url}, in ${folder}`);
    const senders = await foundSenders();
    const killer = agentKiller(PROGRAM);
    const load = new AbortController();
    const sending = Promise.all(senders.map((sender) => sender.run(load.signal)));
    sending.catch(() => undefined);
    const outcomes = await carryOutAll(plan, workspaces, (one, workspace) =>
      carryOut(one, { client, id: workspace.id, kill: () => kill(one, workspace) }),
    );
    load.abort();
    await sending;

    let quiet = await untilQuiet(client, idsOf(workspaces), QUIET_MS);
    // What an agent that was killed left undone is answered as failed: its sender sends it again.
    const failed = (
      await answersOf(
        client,
        workspaces,
        senders.flatMap((sender) => sender.sent),
      )
    ).filter(({ outcome }) => outcome === 'failed');
    for (const message of failed) await senders.find(({ name }) => name === message.sender)?.again(message);
    if (failed.length > 0) quiet = await untilQuiet(client, idsOf(workspaces), QUIET_MS);
    const messages = await answersOf(
      client,
      workspaces,
      senders.flatMap((sender) => sender.sent),
    );
    const runs = await allRuns(client);
    const orphans = await processesTooMany(workspaces, 1);
    const code = await platform.current.stop();
    if (code !== 0) orphans.push(`the platform ended with ${code}`);
    orphans.push(...(await processesTooMany(workspaces, 0)));

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
    const report = {
      ...options,
      kills: killsOf(plan, outcomes),
      missed: outcomes.filter(({ killed }, index) => killed === null && plan[index]?.kill.victim !== 'nobody').length,
      runs,
      startedAgain: quiet.startedAgain,
      seconds: Math.round((Date.now() - began) / 1000),
      verdict,
      folder,
    };
    kept = brokenPromises(report) > 0;
    return report;

    async function foundSenders(): Promise<Sender[]> {
      const parts = { client, targets: idsOf(workspaces), pauseMs: 160 * (SENDERS + 1) };
      const [operatorSeed = 0, ...seeds] = loadSeeds;
      const operator = startSender({ ...parts, name: 'operator', dice: seededRandom(operatorSeed) });
      const others = seeds.map(async (seed, index) => {
        const as = await foundSender(client, `Sender ${index}`);
        return startSender({ ...parts, name: `sender${index}`, as, dice: seededRandom(seed) });
      });
      return [operator, ...(await Promise.all(others))];
    }

    async function kill(one: PlannedRestart, workspace: ChaosWorkspace): Promise<string | null> {
      if (one.kill.victim === 'platform') {
        await platform.kill();
        return 'platform';
      }
      for (const giveUpAt = Date.now() + FIND_VICTIM_MS; Date.now() < giveUpAt; await delay(20)) {
        const victim = one.kill.victim === 'agent' ? await killer.kill(workspace.ledger) : await killRuntime(workspace);
        if (victim !== null) return victim;
      }
      return null;
    }

    async function killRuntime({ id }: ChaosWorkspace): Promise<string | null> {
      const runtime = (await livingWorkspaces(dataDir)).find((one) => one.id === id);
      if (!runtime) return null;
      process.kill(runtime.pid, 'SIGKILL');
      return `runtime ${runtime.pid}`;
    }

    async function processesTooMany(all: readonly ChaosWorkspace[], each: 0 | 1): Promise<string[]> {
      const living = await livingWorkspaces(dataDir);
      const wrong = all.flatMap(({ id }) => {
        const pids = living.filter((one) => one.id === id).map(({ pid }) => pid);
        return pids.length === each ? [] : [`${pids.length} processes of ${id} where ${each} should be: ${pids.join(', ')}`];
      });
      const programs = await runningPrograms(PROGRAM, ledgers);
      return [...wrong, ...programs.map((pid) => `agent program ${pid} runs for nobody`)];
    }
  } finally {
    await cleanUp(platform, join(folder, 'ledgers'));
    await writeFile(join(folder, 'platform.log'), platform.log()).catch(() => undefined);
    if (!kept) await rm(folder, { recursive: true, force: true });
    else options.say(`Everything is kept in ${folder}`);
  }

  /** Some at once, each workspace in one at a time; a workspace's turns come in the order of the plan. */
  async function carryOutAll(
    all: readonly PlannedRestart[],
    workspaces: readonly ChaosWorkspace[],
    carry: (one: PlannedRestart, workspace: ChaosWorkspace) => Promise<RestartOutcome>,
  ): Promise<RestartOutcome[]> {
    const outcomes: RestartOutcome[] = [];
    const left = [...all];
    const busy = new Set<number>();
    const worker = async (): Promise<void> => {
      while (left.length > 0) {
        const next = left.findIndex(({ workspace }) => !busy.has(workspace));
        if (next < 0) {
          await delay(50);
          continue;
        }
        const [one] = left.splice(next, 1);
        const workspace = workspaces[one?.workspace ?? -1];
        if (!one || !workspace) continue;
        busy.add(one.workspace);
        const outcome = await carry(one, workspace);
        busy.delete(one.workspace);
        outcomes[one.number - 1] = outcome;
        const killed = outcome.killed ? `${outcome.killed.what} killed at ${outcome.killed.at}` : 'nobody killed';
        options.say(`${planText(one)}: ${killed}; runs ${outcome.runs.join(', ')}`);
      }
    };
    const atOnce = Math.max(1, Math.min(5, Math.floor(workspaces.length / 2)));
    await Promise.all(Array.from({ length: atOnce }, worker));
    return outcomes;
  }
}

const idsOf = (workspaces: readonly ChaosWorkspace[]): string[] => workspaces.map(({ id }) => id);

function killsOf(plan: readonly PlannedRestart[], outcomes: readonly RestartOutcome[]): Record<string, number> {
  const kills: Record<string, number> = {};
  outcomes.forEach(({ killed }, index) => {
    const victim = plan[index]?.kill.victim ?? '';
    if (killed) kills[victim] = (kills[victim] ?? 0) + 1;
  });
  return kills;
}

/** Ends what is left, each by its own pid. */
async function cleanUp(platform: StandingPlatform, ledgers: string): Promise<void> {
  const { current } = platform;
  await current.kill9();
  const runtimes = (await livingWorkspaces(current.dataDir)).map(({ pid }) => pid);
  for (const pid of [...runtimes, ...(await runningPrograms(PROGRAM, ledgers))]) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has just ended.
    }
  }
}
