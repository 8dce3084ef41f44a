import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Channel, CreatedChannel, createChannelSchema, DeliveryRow } from '#lib/contract/channels.ts';
import { AGAIN_MS, SETTLE_MS } from '#lib/domain/channel-delivery.ts';
import type { SendOutcome } from '#lib/ports/channel-sender.ts';
import { LOCAL_OPERATOR } from './actor.ts';
import { listDeliveries } from './channel-deliveries.ts';
import { createChannel, deleteChannel, listChannels, patchChannel } from './channel-verbs.ts';
import { readInbox } from './inbox-verbs.ts';
import { createMute } from './mute-verbs.ts';
import { notify } from './notify-verbs.ts';
import { patchPreferences } from './preference-verbs.ts';
import { TestPlatform } from './test-platform.ts';

let canvas: TestPlatform;
let agent: { id: string; token: string };

beforeEach(async () => {
  canvas = await new TestPlatform().open();
  agent = await canvas.workspace('Digger');
});
afterEach(async () => {
  await canvas.close();
  canvas.removeFolder();
});

const HOOK = { kind: 'slack', url: 'https://hooks.example/services/T0/B0/x' } as const;
type Wish = Partial<(typeof createChannelSchema)['_input']>;

const channel = (some: Wish = {}): Promise<CreatedChannel> =>
  createChannel(canvas.deps, LOCAL_OPERATOR, { name: 'Ops', target: HOOK, rules: { severity: 'info' }, ...some });
const says = (message: string) =>
  notify(canvas.deps, { kind: 'workspace', id: agent.id, name: 'Digger', token_id: 't' }, { id: agent.id, said: { message } });
/** Time passes, and the outbox does what is due. */
const later = async (ms: number): Promise<void> => {
  canvas.now += ms;
  canvas.deps.outbox.look();
  await canvas.deps.outbox.idle();
};
/** What happened is in the inbox and in the outbox. */
const filed = async (): Promise<void> => {
  await canvas.settled();
  await canvas.deps.incidentWatch.settled();
};
const log = (): Promise<DeliveryRow[]> => listDeliveries(canvas.deps, LOCAL_OPERATOR, {});
const states = async () => (await log()).map(({ about, state }) => `${about} ${state}`);
const sent = () => canvas.receivers.sent.map(({ news }) => news);

describe('what happened to an incident', () => {
  test('is sent once when it has settled, to every channel that wants it', async () => {
    await channel();
    await channel({ name: 'Only what is critical', rules: { severity: 'critical' } });
    await says('I found gold');
    await later(SETTLE_MS - 1);
    expect(sent()).toEqual([]);
    await later(1);
    await later(60_000);
    expect(sent()).toMatchObject([{ about: 'opened', incident: { kind: 'agent_message', workspace_id: agent.id } }]);
    expect(sent()[0]?.link).toBe(`http://canvas.test/inbox/${sent()[0]?.incident?.id}`);
    expect(await log()).toMatchObject([{ state: 'sent', attempts: 1, channel_name: 'Ops', due_at: null, why: 'They took it.' }]);
  });

  test('is not sent when it was read, or is muted, before its time comes', async () => {
    await channel();
    await says('I found gold');
    await readInbox(canvas.deps, LOCAL_OPERATOR, { all: true });
    await later(SETTLE_MS);
    expect(await log()).toMatchObject([{ state: 'skipped', attempts: 0, why: 'You had read it on the page.' }]);
    await says('I found more');
    await createMute(canvas.deps, LOCAL_OPERATOR, { workspace_id: agent.id });
    await later(SETTLE_MS);
    expect(await log()).toMatchObject([{ state: 'skipped', why: 'You muted it.' }, {}]);
    expect(sent()).toEqual([]);
  });

  test('waits for the end of quiet hours', async () => {
    await channel();
    await patchPreferences(canvas.deps, LOCAL_OPERATOR, { quiet_hours: { from: '11:00', to: '13:00', zone: 'UTC' } });
    await says('I found gold');
    await later(SETTLE_MS);
    expect(await log()).toMatchObject([
      { state: 'waiting', attempts: 0, due_at: Date.UTC(2026, 0, 1, 13), why: expect.stringContaining('quiet hours') },
    ]);
    await later(Date.UTC(2026, 0, 1, 13) - canvas.now);
    expect(await states()).toEqual(['opened sent']);
  });

  test('is told again at most once an hour, however much an agent says', async () => {
    await channel();
    for (let minute = 0; minute < 50; minute += 1) {
      await says(`line ${minute}`);
      await later(60_000);
    }
    expect(sent().map(({ about }) => about)).toEqual(['opened', 'again']);
    await later(AGAIN_MS);
    expect(sent().map(({ about }) => about)).toEqual(['opened', 'again', 'again']);
    expect(sent().at(-1)?.incident?.count).toBe(50);
  });
});

describe('a failed attempt', () => {
  const fails: SendOutcome = { state: 'retry_later', why: 'The receiver answered 503.' };

  test('is made again, later each time, under the same id', async () => {
    await channel();
    canvas.receivers.answers.push(fails, fails);
    await says('I found gold');
    await later(SETTLE_MS);
    expect(await log()).toMatchObject([{ state: 'waiting', attempts: 1, why: 'The receiver answered 503.' }]);
    await later(7000);
    await later(13_000);
    expect(await log()).toMatchObject([{ state: 'sent', attempts: 3 }]);
    expect(new Set(sent().map(({ id }) => id)).size).toBe(1);
  });

  test('is given up after a day, and says so', async () => {
    await channel();
    canvas.receivers.answers.push(...Array<SendOutcome>(60).fill(fails));
    await says('I found gold');
    for (let hour = 0; hour < 30; hour += 1) await later(4_600_000);
    const why = expect.stringMatching(/^Given up after \d+ attempts: .*503/);
    expect(await log()).toMatchObject([{ state: 'failed', due_at: null, why }]);
    expect(sent().length).toBeGreaterThan(15);
  });

  test('of a receiver that is gone closes the channel: a browser’s subscription is removed, another is paused', async () => {
    const browser = { kind: 'push', endpoint: 'https://push.example/x', keys: { p256dh: 'B'.repeat(87), auth: 'A'.repeat(22) } } as const;
    await channel({ target: browser });
    await channel();
    canvas.receivers.answers.push({ state: 'refused', why: 'gone', gone: true }, { state: 'refused', why: 'gone', gone: true });
    await says('I found gold');
    await later(SETTLE_MS);
    expect(await states()).toEqual(['opened failed', 'opened failed']);
    expect(await listChannels(canvas.deps, LOCAL_OPERATOR, {})).toMatchObject([
      { kind: 'slack', enabled: false, last: { ok: false, why: 'gone' } },
    ]);
  });
});

test('what waits for a channel that was removed or paused is not sent', async () => {
  const first = await channel();
  const second = await channel();
  await says('I found gold');
  await deleteChannel(canvas.deps, LOCAL_OPERATOR, { channel: first.id });
  await patchChannel(canvas.deps, LOCAL_OPERATOR, { channel: second.id, enabled: false });
  await later(SETTLE_MS);
  expect((await log()).map(({ why }) => why).sort()).toEqual(['The channel is paused.', 'The channel was removed.']);
  expect(sent()).toEqual([]);
});

test('a channel of the sign-in-free mode is nobody’s once people sign in: it takes nothing more, and what waits is not sent', async () => {
  await channel();
  await says('I found gold');
  canvas.deps.options.signInFree = false;
  await later(SETTLE_MS);
  expect(await log()).toMatchObject([{ state: 'skipped', why: expect.stringContaining('nobody’s') }]);
  await says('I found more');
  await later(AGAIN_MS);
  expect(await log()).toHaveLength(1);
  expect(sent()).toEqual([]);
});

test('killed while it sends: it is sent once more, under the same id, and to nobody twice after that', async () => {
  await channel();
  canvas.receivers.answers.push(new Promise<SendOutcome>(() => {}));
  await says('I found gold');
  canvas.now += SETTLE_MS;
  canvas.deps.outbox.look();
  await expect.poll(() => sent().length).toBe(1);
  expect(await log()).toMatchObject([{ state: 'sending', attempts: 1 }]);
  await canvas.abandon();
  await canvas.open();
  await canvas.deps.outbox.idle();
  await later(60_000);
  expect(await log()).toMatchObject([{ state: 'sent', attempts: 2 }]);
  expect(sent()).toHaveLength(2);
  expect(sent()[1]?.id).toBe(sent()[0]?.id);
});

test('ended in order while it sends: what comes through within a moment is noted, and not sent again', async () => {
  await channel();
  let take: (outcome: SendOutcome) => void = () => {};
  canvas.receivers.answers.push(
    new Promise<SendOutcome>((resolve) => {
      take = resolve;
    }),
  );
  await says('I found gold');
  canvas.now += SETTLE_MS;
  canvas.deps.outbox.look();
  await expect.poll(() => sent().length).toBe(1);
  const closed = canvas.close();
  take({ state: 'sent', why: 'They took it.' });
  await closed;
  await canvas.open();
  await later(60_000);
  expect(await log()).toMatchObject([{ state: 'sent', attempts: 1 }]);
  expect(sent()).toHaveLength(1);
});

test('four are sent at once at the most, and one to a channel at a time', async () => {
  for (let number = 0; number < 6; number += 1) await channel({ name: `Ops ${number}` });
  const open: ((outcome: SendOutcome) => void)[] = [];
  for (let number = 0; number < 6; number += 1) canvas.receivers.answers.push(new Promise((resolve) => open.push(resolve)));
  await says('I found gold');
  canvas.now += SETTLE_MS;
  canvas.deps.outbox.look();
  await expect.poll(() => sent().length).toBe(4);
  open[0]?.({ state: 'sent', why: '' });
  await expect.poll(() => sent().length).toBe(5);
  for (const done of open) done({ state: 'sent', why: '' });
  await canvas.deps.outbox.idle();
  expect(new Set(canvas.receivers.sent.map(({ news }) => news.id)).size).toBe(6);
});

test('while four are being sent, what else is due is not looked for again and again', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    for (let number = 0; number < 5; number += 1) await channel({ name: `Ops ${number}` });
    const open: ((outcome: SendOutcome) => void)[] = [];
    for (let number = 0; number < 4; number += 1) canvas.receivers.answers.push(new Promise((resolve) => open.push(resolve)));
    await says('I found gold');
    canvas.now += SETTLE_MS;
    vi.advanceTimersByTime(SETTLE_MS);
    await expect.poll(() => sent().length).toBe(4);
    await turn();
    const asked = vi.spyOn(canvas.store.db, 'selectFrom');
    vi.advanceTimersByTime(1000);
    expect(asked).not.toHaveBeenCalled();
    for (const done of open) done({ state: 'sent', why: '' });
    await canvas.deps.outbox.idle();
    expect(sent()).toHaveLength(5);
  } finally {
    vi.useRealTimers();
  }
});

test('what a receiver says is scrubbed, one line and short, and holds no address of its own', async () => {
  await channel();
  const token = ['ghp', 'a'.repeat(36)].join('_');
  canvas.receivers.answers.push({ state: 'refused', why: `no\r\nfor ${HOOK.url} ${token} ${'x'.repeat(2000)}` });
  await says('I found gold');
  await later(SETTLE_MS);
  const [row] = await log();
  expect(row?.why).toMatch(/^no for \[REDACTED:\w+\] \[REDACTED:\w+\] x+…$/);
  expect(row?.why.length).toBeLessThanOrEqual(300);
});

test.each([
  'Cannot POST /in/my-team-hook-7431?key=a%26b-0123456',
  'Cannot POST /in/my-team-hook-7431',
  'no hook my-team-hook-7431 with key a&amp;b-0123456',
  'no hook my-team-hook-7431 with key a%26b-0123456',
])('of its own address a receiver repeats no part: %s', async (why) => {
  await channel({ target: { kind: 'slack', url: 'https://hooks.example/in/my-team-hook-7431?key=a%26b-0123456' } });
  canvas.receivers.answers.push({ state: 'refused', why });
  await says('I found gold');
  await later(SETTLE_MS);
  const [row] = await log();
  expect(row?.why).toContain('[REDACTED:SECRET]');
  expect(row?.why).not.toMatch(/hook-7431|0123456/);
});

test('an incident that is over before it was sent is not sent, and neither is its end', async () => {
  await channel();
  await canvas.beat(agent, { runtime_state: 'wedged', sample_error: 'stuck' });
  await filed();
  await canvas.beat(agent);
  await filed();
  await later(SETTLE_MS);
  expect(sent()).toEqual([]);
  expect((await log()).map(({ about, state, why }) => `${about} ${state}: ${why}`).sort()).toEqual([
    'closed skipped: That it began was never sent.',
    'opened skipped: It was over before it was sent.',
  ]);
});

test('an incident that was sent is followed by its end', async () => {
  const { id }: Channel = await channel();
  await canvas.beat(agent, { runtime_state: 'wedged', sample_error: 'stuck' });
  await filed();
  await later(SETTLE_MS);
  await canvas.beat(agent);
  await filed();
  await later(SETTLE_MS);
  expect(sent().map(({ about }) => about)).toEqual(['opened', 'closed']);
  expect(await listDeliveries(canvas.deps, LOCAL_OPERATOR, { channel: id })).toHaveLength(2);
});
