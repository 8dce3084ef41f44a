import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ChannelKind } from '#lib/contract/channels.ts';
import type { ChannelNews, ToldIncident } from '#lib/domain/channel-text.ts';
import type { ChannelSender, TargetOf } from './channel-sender.ts';

/** What a receiver says to the next messages: it takes them, cannot now, never will, or (where the medium knows that) is no more. */
export type ReceiverMood = 'well' | 'later' | 'no' | 'gone';

/** A real receiver on this machine, that the sender may reach. */
export interface ReceiverHarness<K extends ChannelKind> {
  sender: ChannelSender<K>;
  /** The same over a guard that lets nothing on this machine through. */
  guarded: ChannelSender<K>;
  target: TargetOf<K>;
  /** A port at which nobody listens. */
  deadTarget: TargetOf<K>;
  mood: ReceiverMood;
  /** What arrived, read as a receiver of the medium reads it; `raw` is what the medium acts on. */
  arrived(): { id: string; title: string; raw: string }[];
  /** Whether a medium would act on a text of an agent in this message: mention somebody, show a link, read a header. */
  acts(raw: string): boolean;
  close(): Promise<void>;
}

export const told = (some: Partial<ToldIncident> = {}): ToldIncident => ({
  ...{ id: '0193a1b2-0000-7000-8000-000000000001', kind: 'wedged', severity: 'critical', workspace_id: 'w1', workspace_name: 'Digger' },
  ...{ title: 'Digger is stuck', detail: 'The model does not answer.', count: 1 },
  ...{ opened_at: Date.UTC(2026, 0, 1, 12), last_at: Date.UTC(2026, 0, 1, 12), closed_at: null, closed_why: '' },
  ...some,
});

export const news = (some: Partial<ChannelNews> = {}): ChannelNews => ({
  ...{ id: '0193a1b2-0000-7000-8000-0000000000aa', about: 'opened', at: Date.UTC(2026, 0, 1, 12), incident: told() },
  link: 'https://canvas.example/inbox/0193a1b2-0000-7000-8000-000000000001',
  ...some,
});

/** Texts with which an agent may try to do more than be read. */
export const TEXTS_WITH_POWER = [
  '@channel @here @everyone <!channel> <!here|here> <@U024BE7LH> <#C024BE7LR>',
  '[press me](https://evil.example/) <https://evil.example/|press me> ![x](https://evil.example/x.png)',
  'x\r\nBcc: everybody@evil.example\r\n\r\nhello',
  'x\nSubject: other\n.\nQUIT',
  '<script>alert(1)</script><img src=x onerror=alert(1)><a href="javascript:alert(1)">x</a>',
  '\u202etxt.exe\u2028second line\u0000\u0007 end',
  '*bold* _it_ ~no~ `code` &amp; &lt;!channel&gt; \ud800 half',
  `${'long '.repeat(3000)}😀`,
];

/** Holds a sender to the promises of `channel-sender.ts`. Every medium runs it, over real sockets. */
export function channelSenderContract<K extends ChannelKind>(name: string, make: () => Promise<ReceiverHarness<K>>): void {
  describe(`${name} keeps the promises of a channel sender`, () => {
    let receiver: ReceiverHarness<K>;

    beforeEach(async () => {
      receiver = await make();
    });
    afterEach(() => receiver.close());

    const send = (some: Partial<ChannelNews> = {}, target = receiver.target) => receiver.sender.send(target, news(some));

    test('what is sent arrives, with its id and title', async () => {
      expect(await send()).toMatchObject({ state: 'sent' });
      expect(receiver.arrived()).toMatchObject([
        { id: expect.stringContaining(news().id), title: expect.stringContaining('Digger is stuck') },
      ]);
    });

    test('sent twice, both carry the same id; another message carries another', async () => {
      await send();
      await send();
      await send({ id: '0193a1b2-0000-7000-8000-0000000000bb' });
      const [first, second, third] = receiver.arrived().map(({ id }) => id);
      expect(second).toBe(first);
      expect(third).not.toBe(first);
    });

    test('of a test and of an end it says so', async () => {
      await send({ about: 'test', incident: null });
      await send({ about: 'closed', incident: told({ closed_at: Date.UTC(2026, 0, 1, 13), closed_why: 'It answers again.' }) });
      expect(receiver.arrived().map(({ title }) => title)).toEqual([expect.stringMatching(/Test: /), expect.stringMatching(/Over: /)]);
    });

    test('a receiver that cannot now is tried later', async () => {
      receiver.mood = 'later';
      expect(await send()).toMatchObject({ state: 'retry_later', why: expect.any(String) });
    });

    test('a receiver that never will is not', async () => {
      receiver.mood = 'no';
      expect(await send()).toMatchObject({ state: 'refused', why: expect.any(String) });
    });

    test('where nobody listens is tried later', async () => {
      expect(await send({}, receiver.deadTarget)).toMatchObject({
        state: 'retry_later',
        why: expect.stringMatching(/ECONNREFUSED|not reached/),
      });
    });

    test('what the guard refuses is not connected to, and the answer names the setting', async () => {
      const outcome = await receiver.guarded.send(receiver.target, news());
      expect(outcome).toMatchObject({ state: 'refused', why: expect.stringContaining('CANVAS_ALLOWED_TARGETS') });
      expect(receiver.arrived()).toEqual([]);
    });

    test.each(TEXTS_WITH_POWER.map((text, number) => [number, text] as const))(
      'text %i of an agent has no power',
      async (_number, text) => {
        const incident = told({ title: text, detail: text, workspace_name: text });
        expect(await send({ incident })).toMatchObject({ state: 'sent' });
        const [message] = receiver.arrived();
        expect(message?.title).not.toMatch(/[\r\n\u2028\u202e]/);
        expect(receiver.acts(message?.raw ?? '')).toBe(false);
      },
    );
  });
}
