import { slackBody } from '#lib/domain/channel-slack.ts';
import type { ChannelNews } from '#lib/domain/channel-text.ts';
import type { ChannelSender, SendOutcome, TargetOf } from '#lib/ports/channel-sender.ts';
import type { TargetGuard } from './guarded-target.ts';
import { postToChannel } from './http-channel.ts';

/** An incoming webhook of Slack, or of what takes its messages (Mattermost, Rocket.Chat, Discord's `/slack`). */
export class SlackChannel implements ChannelSender<'slack'> {
  readonly #guard: TargetGuard;

  constructor(guard: TargetGuard) {
    this.#guard = guard;
  }

  send({ url }: TargetOf<'slack'>, news: ChannelNews): Promise<SendOutcome> {
    const body = JSON.stringify(slackBody(news));
    return postToChannel(this.#guard, { url: new URL(url), headers: { 'content-type': 'application/json' }, body }, [404, 410]);
  }
}
