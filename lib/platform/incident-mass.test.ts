import { afterEach, beforeEach, expect, test } from 'vitest';
import { SETTLE_MS } from '#lib/domain/channel-delivery.ts';
import { COME_BACK_MS } from '#lib/domain/incident-mass.ts';
import { applyProcessEnd } from '#lib/domain/status-engine.ts';
import { LOCAL_OPERATOR } from './actor.ts';
import { createChannel } from './channel-verbs.ts';
import { listInbox } from './inbox-verbs.ts';
import { IncidentDesk } from './incident-desk.ts';
import { MassLook } from './incident-mass-look.ts';
import { settle } from './settle.ts';
import { TestPlatform } from './test-platform.ts';

let canvas: TestPlatform;
beforeEach(async () => {
  canvas = await new TestPlatform().open();
});
afterEach(async () => {
  await canvas.close();
  canvas.removeFolder();
});

type Agent = { id: string; token: string };

async function agents(count: number): Promise<Agent[]> {
  const all: Agent[] = [];
  for (let at = 0; at < count; at += 1) all.push(await canvas.workspace(`Agent ${at}`));
  await beat(all);
  return all;
}
const beat = async (team: readonly Agent[]) => {
  for (const agent of team) await canvas.beat(agent);
  await filed();
};
const filed = async () => {
  await canvas.settled();
  await canvas.deps.incidentWatch.settled();
};
/** Time passes for them, and what has settled is sent. */
const pass = async (seconds: number) => {
  await canvas.pass(seconds);
  await filed();
  canvas.deps.outbox.look();
  await canvas.deps.outbox.idle();
};

const mass = async () => {
  const { items } = await listInbox(canvas.deps, LOCAL_OPERATOR, { view: 'all', kind: 'mass' });
  return items.map(({ title, count, workspace_ids, closed_at }) => ({
    title,
    count,
    named: workspace_ids.length,
    open: closed_at === null,
  }));
};
/** The process of each ends. */
const crash = async (team: readonly Agent[]) => {
  const end = { code: 1, signal: null, output: '', restarting: false };
  for (const { id } of team) {
    const live = canvas.deps.fleet.get(id);
    settle(canvas.deps, live, applyProcessEnd(live.facts, end, canvas.now), { kind: 'platform', id: null, name: 'test' }, canvas.now);
    await filed();
  }
};

test('a workspace that goes down again and again counts once', async () => {
  const team = await agents(5);
  await crash(team);
  for (let round = 0; round < 3; round += 1) {
    for (const agent of team) {
      canvas.now += 1000;
      await beat([agent]);
      canvas.now += 1000;
      await crash([agent]);
    }
  }
  canvas.now += 70_000;
  await beat(team.slice(0, 3));
  await crash(team.slice(0, 3));
  canvas.now += COME_BACK_MS;
  await canvas.deps.incidentWatch.look();
  expect(await mass()).toEqual([{ title: '5 workspaces went down together', count: 5, named: 5, open: true }]);
});

test('while many are away, a look reads how many they are and not what is said of each', async () => {
  await crash(await agents(12));
  let rows = 0;
  await canvas.deps.incidents.write(({ tx, now }) => {
    const counted = tx.withPlugin({
      transformQuery: ({ node }) => node,
      transformResult: async ({ result }) => {
        rows += result.rows.length;
        return result;
      },
    });
    return new MassLook(new IncidentDesk(counted, now + COME_BACK_MS), { upNow: () => 0, startedAt: 0 }).look();
  });
  expect(await mass()).toMatchObject([{ count: 12, open: true }]);
  expect(rows).toBeLessThan(12);
});

test('whoever was told that one went is told that it is back, also when it became one of many meanwhile', async () => {
  const target = { kind: 'slack', url: 'https://hooks.example/services/T0/B0/x' } as const;
  await createChannel(canvas.deps, LOCAL_OPERATOR, { name: 'Ops', target });
  const team = await agents(5);
  await pass(30);
  await beat(team.slice(2));
  await pass(30);
  await beat(team.slice(3));
  await pass(35);
  await pass(SETTLE_MS / 1000);
  await pass(20);
  await pass(SETTLE_MS / 1000);
  const said = () => canvas.receivers.sent.map(({ news }) => `${news.about}: ${news.incident?.title}`);
  const begun = ['opened: Agent 0 is offline', 'opened: Agent 1 is offline', 'opened: 3 workspaces went down together'];
  expect(said().sort()).toEqual(begun.sort());
  await beat(team);
  await pass(SETTLE_MS / 1000);
  await pass(1);
  expect(said().slice(begun.length).sort()).toEqual(begun.map((one) => one.replace('opened', 'closed')).sort());
});
