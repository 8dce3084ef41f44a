import type { ChannelNews } from '#lib/domain/channel-text.ts';
import type { ChannelSenders, SendOutcome, SendTarget } from './channel-sender.ts';

export interface TestSent {
  target: SendTarget;
  news: ChannelNews;
}

/** Test support: receivers that take what comes and answer as the test says. */
export class TestReceivers {
  readonly sent: TestSent[] = [];
  /** What they answer next, once each; then `sent`. */
  readonly answers: (SendOutcome | Promise<SendOutcome>)[] = [];

  readonly #sender = {
    send: async (target: SendTarget, news: ChannelNews): Promise<SendOutcome> => {
      this.sent.push({ target, news });
      return (await this.answers.shift()) ?? { state: 'sent', why: 'They took it.' };
    },
  };
  readonly senders: ChannelSenders = { webhook: this.#sender, slack: this.#sender, email: this.#sender, push: this.#sender };
}
