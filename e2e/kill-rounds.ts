import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { CreatedToken } from '#lib/contract/access.ts';
import type { WorkspacePage } from '#lib/contract/workspaces.ts';
import { busyOperator } from './kill/busy-operator.ts';
import { livingWorkspaces } from './kill/living-workspaces.ts';
import { localWorkspaces } from './kill/local-workspaces.ts';
import { acknowledged, type PlatformApi, platformApi } from './kill/platform-api.ts';
import { seededRandom } from './kill/seeded-random.ts';
import { type SimulatedAgent, simulatedAgent } from './kill/simulated-agent.ts';
import { ageStore } from './kill/sleeping-store.ts';
import { freePort, launchPlatform, type RunningPlatform, startPlatform } from './running-platform.ts';

export interface KillReport {
  rounds: number;
  /** Changes of status that were acknowledged and found again. */
  changes: number;
  /** Platforms that were killed before they were ready. */
  killedAtStart: number;
}

const AGENTS = 20;
/** The platform looks for silence once a second: after this long it has looked at everybody. */
const LOOKED_MS = 2500;

/**
 * Kills the platform with SIGKILL, `rounds` times at random moments under load, and starts it again an hour later as far
 * as the store can tell. Rejects at the first thing that was acknowledged and is lost, the first workspace that is called
 * late or offline for the platform's own absence, and the first process too many or too few.
 */
export async function killRounds(options: { rounds: number; seed: number; say: (line: string) => void }): Promise<KillReport> {
  const random = seededRandom(options.seed);
  const ground = await mkdtemp(join(tmpdir(), 'canvas-kill-'));
  const place = { dataDir: ground, port: await freePort() };
  const report: KillReport = { rounds: 0, changes: 0, killedAtStart: 0 };
  let platform: RunningPlatform = await startPlatform(place);
  try {
    const api = platformApi(platform.url);
    const agents = await Promise.all(Array.from({ length: AGENTS }, (_, index) => connect(api, random.below(2 ** 31), index)));
    const operators = ['North', 'South'].map((title) => busyOperator(api, seededRandom(random.below(2 ** 31)), title));
    const local = await localWorkspaces(api, seededRandom(random.below(2 ** 31)), platform.dataDir);
    for (let round = 1; round <= options.rounds; round++) {
      const load = new AbortController();
      const working = Promise.all([...agents, ...operators, local].map((one) => one.run(load.signal)));
      await Promise.race([api.answers(50 + random.below(600)), working]);
      await delay(random.below(20));
      await platform.kill9();
      load.abort();
      await working;

      const store = ageStore(platform.dataDir);
      while (random.below(4) === 0) {
        const unlucky = launchPlatform(place);
        unlucky.ready.catch(() => undefined);
        await delay(random.below(1500));
        await unlucky.kill9();
        report.killedAtStart += 1;
      }
      platform = await startPlatform(place);
      await hasLookedAround(api);
      const changes = await Promise.all(agents.map((agent) => agent.verify(api)));
      const kept = await Promise.all(operators.map((operator) => operator.verify(api)));
      const { processes } = await local.verify(api, store);
      report.rounds = round;
      const changed = changes.reduce((sum, one) => sum + one.changes, 0);
      report.changes += changed;
      const sum = (what: 'workspaces' | 'tokens'): number => kept.reduce((total, one) => total + one[what], 0);
      options.say(
        `round ${round}: ${changed} changes, ${sum('workspaces')} workspaces, ${sum('tokens')} tokens, ${processes} processes: all there`,
      );
    }
    if ((await platform.stop()) !== 0) throw new Error(`the platform did not end well:\n${platform.log()}`);
    const left = await livingWorkspaces(platform.dataDir);
    if (left.length > 0) throw new Error(`${left.map(({ pid }) => pid).join(', ')} still run after the platform ended`);
    return report;
  } catch (error) {
    throw new Error(
      `seed ${options.seed}, round ${report.rounds + 1}: ${(error as Error).message}\n${platform.log().split('\n').slice(-10).join('\n')}`,
    );
  } finally {
    await platform.kill9();
    for (const { pid } of await livingWorkspaces(platform.dataDir)) process.kill(pid, 'SIGKILL');
    await rm(ground, { recursive: true, force: true });
  }
}

async function connect(api: PlatformApi, seed: number, index: number): Promise<SimulatedAgent> {
  const made = acknowledged<{ id: string }>('creating', await api.call('POST', '/workspaces', { name: `Agent ${index}` }));
  const token = acknowledged<CreatedToken>('a token', await api.call('POST', `/workspaces/${made?.id}/tokens`, {}));
  return simulatedAgent(api, seededRandom(seed), made?.id ?? '', token?.auth_token ?? '');
}

/** Until the platform's own clock has moved on enough for its search for silence to have met everybody. */
async function hasLookedAround(api: PlatformApi): Promise<void> {
  const now = async (): Promise<number> => (await api.get<WorkspacePage>('/workspaces?page&limit=1')).now;
  for (const since = await now(); (await now()) < since + LOOKED_MS; ) await delay(50);
}
