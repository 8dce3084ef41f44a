import { expect, test } from 'vitest';
import {
  channelById,
  channelsOf,
  insertChannel,
  openChannels,
  pruneChannels,
  removeChannel,
  type StoredChannel,
  saveChannel,
} from './channels.ts';
import {
  changeDelivery,
  deliveriesOfChannel,
  deliveriesOfIncident,
  insertDelivery,
  lastAttempt,
  nextDelivery,
  type OutboxRow,
  pruneOutbox,
  putBackSending,
  toldOf,
} from './outbox.ts';
import { eachEngine } from './test-engines.ts';

const channel = (id: string, some: Partial<StoredChannel> = {}): StoredChannel => ({
  ...{
    id,
    person_id: 'ada',
    kind: 'webhook',
    name: `channel ${id}`,
    target: { host: 'https://x.example' },
    secret: { url: 'https://x.example/1' },
  },
  ...{ rules: { severity: 'warning', kinds: ['wedged'], recovery: true }, enabled: true, created_at: Number(id), removed_at: null },
  ...some,
});

const row = (id: string, some: Partial<OutboxRow> = {}): OutboxRow => ({
  ...{ id, channel_id: '1', incident_id: 'i1', about: 'opened', dedupe: id, title: `title ${id}`, state: 'waiting', attempts: 0 },
  ...{ created_at: Number(id), first_at: null, due_at: 100, ended_at: null, why: '' },
  ...some,
});

eachEngine('channels and the outbox', (engine) => {
  test('channels come back as they were kept; removed ones forget what was secret', async () => {
    const { db } = await engine.open();
    for (const one of [channel('1'), channel('2', { enabled: false, secret: null }), channel('3', { person_id: 'bob' })])
      await insertChannel(db, one);
    expect(await channelsOf(db, 'ada')).toEqual([channel('1'), channel('2', { enabled: false, secret: null })]);
    expect((await openChannels(db)).map(({ id }) => id)).toEqual(['1', '3']);
    await saveChannel(db, channel('1', { name: 'other', target: { host: 'y' }, rules: { severity: 'info', kinds: [], recovery: false } }));
    expect(await channelById(db, '1')).toMatchObject({
      name: 'other',
      target: { host: 'y' },
      rules: { severity: 'info', recovery: false },
    });
    await removeChannel(db, '1', 50);
    expect(await channelsOf(db, 'ada')).toMatchObject([{ id: '2' }]);
    expect(await channelById(db, '1')).toMatchObject({ name: 'other', secret: null, target: {}, enabled: false, removed_at: 50 });
  });

  test('of one channel and state of an incident there is one message', async () => {
    const { db } = await engine.open();
    expect(await insertDelivery(db, row('1'))).toBe(true);
    expect(await insertDelivery(db, row('2', { dedupe: '1' }))).toBe(false);
    expect(await insertDelivery(db, row('3', { dedupe: '1', channel_id: '2' }))).toBe(true);
  });

  test('the longest due comes first; busy channels and what ended are left out; what was being sent is put back', async () => {
    const { db } = await engine.open();
    await insertDelivery(db, row('1', { due_at: 300 }));
    await insertDelivery(db, row('2', { due_at: 100, channel_id: '2' }));
    await insertDelivery(db, row('3', { due_at: 50, state: 'sent', ended_at: 60 }));
    await insertDelivery(db, row('4', { due_at: 40, state: 'sending', attempts: 1 }));
    expect(await nextDelivery(db, [])).toMatchObject({ id: '2' });
    expect(await nextDelivery(db, ['2'])).toMatchObject({ id: '1' });
    expect(await nextDelivery(db, ['1', '2'])).toBeNull();
    await putBackSending(db);
    expect(await nextDelivery(db, [])).toMatchObject({ id: '4', state: 'waiting', attempts: 1 });
    expect((await deliveriesOfChannel(db, { id: '1', name: 'n', kind: 'slack' }, 10)).find(({ id }) => id === '3')).toMatchObject({
      state: 'sent',
    });
  });

  test('the log is of a channel, or of an incident for one person, newest first', async () => {
    const { db } = await engine.open();
    await insertChannel(db, channel('1'));
    await insertChannel(db, channel('2', { person_id: 'bob', name: 'of Bob' }));
    await insertDelivery(db, row('5', { attempts: 1, state: 'sent', ended_at: 9, why: 'ok' }));
    await insertDelivery(db, row('6', { about: 'closed' }));
    await insertDelivery(db, row('7', { channel_id: '2' }));
    expect((await deliveriesOfIncident(db, 'i1', 'ada')).map(({ id }) => id)).toEqual(['6', '5']);
    expect(await deliveriesOfIncident(db, 'i1', 'bob')).toMatchObject([
      { id: '7', channel_name: 'of Bob', channel_kind: 'webhook', due_at: 100 },
    ]);
    expect((await deliveriesOfChannel(db, channel('1'), 1)).map(({ id }) => id)).toEqual(['6']);
    expect((await toldOf(db, '1', 'i1')).map(({ about }) => about)).toEqual(['closed', 'opened']);
    expect(await lastAttempt(db, '1')).toMatchObject({ state: 'sent', why: 'ok', ended_at: 9 });
    expect(await lastAttempt(db, '2')).toBeNull();
    await changeDelivery(db, '6', { state: 'failed', ended_at: 20, why: 'no', attempts: 2, first_at: 15 });
    expect(await lastAttempt(db, '1')).toMatchObject({ state: 'failed', why: 'no' });
  });

  test('of what went of one incident the newest 200 are read', async () => {
    const { db } = await engine.open();
    await insertChannel(db, channel('1'));
    for (let number = 0; number < 201; number += 1) await insertDelivery(db, row(String(1000 + number)));
    const told = await toldOf(db, '1', 'i1');
    expect([told.length, told[0]?.id, (await deliveriesOfIncident(db, 'i1', 'ada')).length]).toEqual([200, '1200', 200]);
  });

  test('old messages go, and then the channels that were removed', async () => {
    const { db } = await engine.open();
    await insertChannel(db, channel('1', { removed_at: 5, secret: null }));
    await insertChannel(db, channel('2'));
    await insertDelivery(db, row('1', { state: 'sent', ended_at: 10 }));
    await insertDelivery(db, row('2', { channel_id: '2' }));
    expect([await pruneOutbox(db, 10), await pruneChannels(db, 100)]).toEqual([0, 0]);
    expect([await pruneOutbox(db, 11), await pruneChannels(db, 100)]).toEqual([1, 1]);
    expect(await channelById(db, '1')).toBeNull();
    expect(await nextDelivery(db, [])).toMatchObject({ id: '2' });
  });
});
