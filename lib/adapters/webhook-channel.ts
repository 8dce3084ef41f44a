import { createHmac } from 'node:crypto';
import type { ChannelNews } from '#lib/domain/channel-text.ts';
import { webhookBody } from '#lib/domain/channel-webhook.ts';
import type { ChannelSender, SendOutcome, TargetOf } from '#lib/ports/channel-sender.ts';
import type { TargetGuard } from './guarded-target.ts';
import { postToChannel } from './http-channel.ts';

/** Standard Webhooks 1.0. Of an attempt that is repeated the id stays and the timestamp is that of the attempt. */
export class WebhookChannel implements ChannelSender<'webhook'> {
  readonly #guard: TargetGuard;
  readonly #now: () => number;

  constructor(guard: TargetGuard, now: () => number) {
    this.#guard = guard;
    this.#now = now;
  }

  send({ url, signing_secret }: TargetOf<'webhook'>, news: ChannelNews): Promise<SendOutcome> {
    const body = JSON.stringify(webhookBody(news));
    const timestamp = Math.floor(this.#now() / 1000);
    const headers = {
      'content-type': 'application/json',
      'webhook-id': news.id,
      'webhook-timestamp': String(timestamp),
      'webhook-signature': signatureOf(signing_secret, news.id, timestamp, body),
    };
    return postToChannel(this.#guard, { url: new URL(url), headers, body }, [410]);
  }
}

function signatureOf(secret: string, id: string, timestamp: number, body: string): string {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
}
