import { expect, test } from 'vitest';
import { channelSenderContract, news, TEXTS_WITH_POWER, told } from '#lib/ports/channel-sender.contract.ts';
import { SlackChannel } from './slack-channel.ts';
import { deadUrl, HttpReceiver, OPEN, SHUT } from './test-http-receiver.ts';

interface Block {
  type: string;
  block_id?: string;
  text?: { type: string; text: string };
  elements?: { type: string; text: string }[];
}
interface Message {
  text: string;
  blocks: Block[];
}

const markup = ({ blocks }: Message) => blocks.flatMap((block) => block.elements ?? []).filter(({ type }) => type === 'mrkdwn');

/** What Slack reads as markup: `text`, and the texts of type `mrkdwn`. In it `<` alone begins something, besides bare mentions elsewhere. */
function acts(raw: string): boolean {
  const message = JSON.parse(raw) as Message;
  const read = [
    message.text,
    ...markup(message).map(({ text }) => text.replace(/^<https:\/\/canvas\.example\/[^<>|]*\|Open in Canvas>$/, '')),
  ].join('\n');
  return /[<>]|&(?!amp;|lt;|gt;)|@(?:channel|here|everyone)|\]\(/.test(read);
}

channelSenderContract<'slack'>('a Slack webhook', async () => {
  const receiver = await new HttpReceiver().open();
  const target = { kind: 'slack', url: receiver.url('/services/T0/B0/x') } as const;
  const messages = () => receiver.arrived.map(({ body }) => JSON.parse(body.toString()) as Message);
  return {
    ...{ sender: new SlackChannel(OPEN), guarded: new SlackChannel(SHUT), target, deadTarget: { ...target, url: deadUrl() } },
    get mood() {
      return receiver.mood;
    },
    set mood(mood) {
      receiver.mood = mood;
    },
    arrived: () =>
      messages().map((message) => ({
        id: message.blocks[0]?.block_id ?? '',
        title: message.blocks[0]?.text?.text ?? '',
        raw: JSON.stringify(message),
      })),
    acts,
    close: () => receiver.close(),
  };
});

test('what agents wrote stands in plain text alone, and nothing is linked or fetched', async () => {
  const receiver = await new HttpReceiver().open();
  for (const text of TEXTS_WITH_POWER) {
    await new SlackChannel(OPEN).send({ kind: 'slack', url: receiver.url() }, news({ incident: told({ title: text, detail: text }) }));
  }
  for (const { body } of receiver.arrived) {
    const message = JSON.parse(body.toString()) as Message & Record<string, unknown>;
    expect(message).toMatchObject({ parse: 'none', link_names: false, unfurl_links: false, unfurl_media: false });
    expect(markup(message).map(({ text }) => text)).toEqual([`<${news().link}|Open in Canvas>`]);
    for (const { text } of message.blocks) if (text) expect(text.type).toBe('plain_text');
    expect(message.blocks[0]?.text?.text.length).toBeLessThanOrEqual(150);
  }
  await receiver.close();
});
