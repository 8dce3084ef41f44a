import { cutText } from '#lib/contract/heartbeat.ts';
import { secretPartsOf } from '#lib/domain/channel-target.ts';
import { type ChannelNews, oneLine } from '#lib/domain/channel-text.ts';
import { scrub } from '#lib/domain/scrub.ts';
import type { ChannelSender, SendOutcome, SendTarget } from '#lib/ports/channel-sender.ts';
import { channelById, removeChannel, type StoredChannel, saveChannel } from '#lib/store/channels.ts';
import type { Db } from '#lib/store/in-transaction.ts';
import { sendTarget } from './channel-secrets.ts';
import type { Deps } from './deps.ts';

const MAX_WHY = 300;

/** One attempt. What the receiver said is scrubbed and cut: it is shown, and kept in the log of deliveries. */
export async function sendToChannel(deps: Deps, channel: StoredChannel, news: ChannelNews): Promise<SendOutcome> {
  const target = await sendTarget(deps, channel);
  if (target === null) return { state: 'refused', why: 'The channel was removed.' };
  const sender = deps.senders[channel.kind] as ChannelSender<SendTarget['kind']>;
  const outcome = await sender.send(target, news);
  return { ...outcome, why: cutText(oneLine(withoutSecrets(outcome.why, target)), MAX_WHY) };
}

/** What is gone for good is asked no more: a browser's subscription is removed, other channels are paused until a person looks. */
export async function closeGone(tx: Db, channelId: string, now: number): Promise<void> {
  const channel = await channelById(tx, channelId);
  if (!channel || channel.removed_at !== null) return;
  if (channel.kind === 'push') await removeChannel(tx, channelId, now);
  else await saveChannel(tx, { ...channel, enabled: false });
}

/** A receiver may repeat what it was sent: its own address and secrets do not come back in words. */
function withoutSecrets(text: string, target: SendTarget): string {
  const free = secretsOf(target).reduce((rest, secret) => rest.replaceAll(secret, '[REDACTED:SECRET]'), text);
  return String(scrub(free).value);
}

function secretsOf(target: SendTarget): string[] {
  if (target.kind === 'email') return target.password ? [target.password] : [];
  if (target.kind === 'push') return [...secretPartsOf(target.endpoint), target.p256dh, target.auth];
  return [...secretPartsOf(target.url), ...(target.kind === 'webhook' ? [target.signing_secret] : [])];
}
