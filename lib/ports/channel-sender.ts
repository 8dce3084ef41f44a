import type { ChannelKind } from '#lib/contract/channels.ts';
import type { ChannelNews } from '#lib/domain/channel-text.ts';

/** Where one message goes, with what is secret about it. */
export type SendTarget =
  | { kind: 'webhook'; url: string; signing_secret: string }
  | { kind: 'slack'; url: string }
  | {
      kind: 'email';
      to: string[];
      from: string;
      host: string;
      port: number;
      security: 'starttls' | 'tls' | 'none';
      username: string | null;
      password: string | null;
    }
  | { kind: 'push'; endpoint: string; p256dh: string; auth: string; vapid: VapidKeys };
export type TargetOf<K extends ChannelKind> = Extract<SendTarget, { kind: K }>;

/** What names this Canvas to push services (RFC 8292): a P-256 key pair, base64url, and whom to write to about it. */
export interface VapidKeys {
  /** The uncompressed point, 65 bytes. */
  public_key: string;
  /** The scalar, 32 bytes. */
  private_key: string;
  /** `mailto:` or `https:`. */
  subject: string;
}

/**
 * What came of one attempt. `retry_later`: the receiver may take it another time, not before `after_ms` when it said so.
 * `refused`: it never will; `gone`: the receiver is no more, and nothing else need be sent there. `why` is what the receiver said, in
 * words, without any secret.
 */
export type SendOutcome =
  | { state: 'sent'; why: string }
  | { state: 'retry_later'; why: string; after_ms?: number }
  | { state: 'refused'; why: string; gone?: true };

/**
 * Sends one message to one receiver. The promises are written as a suite (`channel-sender.contract.ts`).
 *
 * - It never rejects: whatever happens is an outcome.
 * - The receiver can tell a message that comes twice: it carries the same id (`news.id`).
 * - Nothing is sent to a host that the address guard refuses, redirects are not followed, and no attempt takes longer than 60 s.
 * - Texts of agents have no power over the medium: no mention, no link, no header.
 */
export interface ChannelSender<K extends ChannelKind> {
  send(target: TargetOf<K>, news: ChannelNews): Promise<SendOutcome>;
}
export type ChannelSenders = { [K in ChannelKind]: ChannelSender<K> };
