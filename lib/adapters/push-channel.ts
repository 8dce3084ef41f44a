import { pushBody } from '#lib/domain/channel-push.ts';
import type { ChannelNews } from '#lib/domain/channel-text.ts';
import type { ChannelSender, SendOutcome, TargetOf } from '#lib/ports/channel-sender.ts';
import type { TargetGuard } from './guarded-target.ts';
import { postToChannel } from './http-channel.ts';
import { encryptPush, vapidHeader } from './push-crypto.ts';

/** What a browser that is off does not get within a day is in the inbox. */
const KEPT_SECONDS = 24 * 3600;

/** Web push (RFC 8030): encrypted, so that the push service sees only how much and when. */
export class PushChannel implements ChannelSender<'push'> {
  readonly #guard: TargetGuard;
  readonly #now: () => number;

  constructor(guard: TargetGuard, now: () => number) {
    this.#guard = guard;
    this.#now = now;
  }

  async send({ endpoint, p256dh, auth, vapid }: TargetOf<'push'>, news: ChannelNews): Promise<SendOutcome> {
    let body: Buffer;
    try {
      body = encryptPush(Buffer.from(JSON.stringify(pushBody(news))), { p256dh, auth });
    } catch (thrown) {
      return { state: 'refused', why: `It could not be encrypted: ${(thrown as Error).message}. Subscribe again in this browser.` };
    }
    const url = new URL(endpoint);
    const headers = {
      authorization: vapidHeader(url, vapid, this.#now()),
      'content-type': 'application/octet-stream',
      'content-encoding': 'aes128gcm',
      ttl: String(KEPT_SECONDS),
      urgency: news.incident?.severity === 'critical' ? 'high' : 'normal',
      // A newer message about the same incident replaces one that was not delivered yet. At most 32 characters.
      topic: topicOf(news),
    };
    return postToChannel(this.#guard, { url, headers, body }, [404, 410]);
  }
}

function topicOf({ id, incident }: ChannelNews): string {
  return (incident?.id ?? id).replace(/[^A-Za-z0-9_]/g, '').slice(0, 32);
}
