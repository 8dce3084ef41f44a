import { z } from 'zod';
import { INCIDENT_KINDS, SEVERITIES } from './incidents.ts';
import { plainLine } from './plain-line.ts';

/** Where a person is told outside of the page. */
export const CHANNEL_KINDS = ['webhook', 'slack', 'email', 'push'] as const;
export type ChannelKind = (typeof CHANNEL_KINDS)[number];
/** So many of one person are enough. */
export const MAX_CHANNELS = 20;

const httpUrl = z.url({ protocol: /^https?$/, error: 'must be an http or https address' }).max(2000);
const mailAddress = z.email({ error: 'must be a mail address, such as ops@example.com' }).max(254);

/** Standard Webhooks 1.0: signed with HMAC-SHA256; the secret is made by Canvas and shown once. */
const webhook = z.object({ kind: z.literal('webhook'), url: httpUrl });
/** An incoming-webhook address of Slack, or of what speaks like it. The address is the secret. */
const slack = z.object({ kind: z.literal('slack'), url: httpUrl });
const email = z.object({
  kind: z.literal('email'),
  to: z.array(mailAddress).min(1).max(10),
  from: mailAddress,
  host: z
    .string()
    .min(1)
    .max(253)
    .regex(/^[A-Za-z0-9.:_-]+$/, 'must be a host name or an address'),
  port: z.number().int().min(1).max(65_535).default(587),
  /** `starttls` refuses a server that offers none; `tls` begins encrypted; `none` is for a server on this machine. */
  security: z.enum(['starttls', 'tls', 'none']).default('starttls'),
  username: z.string().max(255).nullish(),
  /** Write-only. */
  password: z.string().max(1000).nullish(),
});
/** What `PushManager.subscribe` answers in a browser. */
const push = z.object({
  kind: z.literal('push'),
  endpoint: httpUrl,
  keys: z.object({ p256dh: z.string().min(1).max(200), auth: z.string().min(1).max(100) }),
});
export const channelTargetSchema = z.discriminatedUnion('kind', [webhook, slack, email, push]);
export type ChannelTarget = z.output<typeof channelTargetSchema>;

/** Which incidents go to a channel. */
export const channelRulesSchema = z.object({
  /** At least as severe as this. */
  severity: z.enum(SEVERITIES).default('warning'),
  /** Only these; empty: all. */
  kinds: z.array(z.enum(INCIDENT_KINDS)).max(INCIDENT_KINDS.length).default([]),
  /** Also when the incident has closed. */
  recovery: z.boolean().default(true),
});
export type ChannelRules = z.output<typeof channelRulesSchema>;

export const createChannelSchema = z.object({ name: plainLine(100), target: channelTargetSchema, rules: channelRulesSchema.optional() });
/**
 * What is left out stays. A password that is left out stays too, unless host, port, security or user name change: a kept one would be
 * sent to where its owner never gave it; null takes it away. The kind of a channel does not change.
 */
export const patchChannelSchema = z.object({
  name: plainLine(100).optional(),
  target: channelTargetSchema.optional(),
  rules: channelRulesSchema.optional(),
  enabled: z.boolean().optional(),
});

/** A channel as it is shown: of a secret only that there is one. */
export interface Channel {
  id: string;
  kind: ChannelKind;
  name: string;
  /** Where it goes, without what is secret: `https://hooks.slack.com/…`, `ops@example.com via mail.example:587`. */
  shown_target: string;
  /** What may be read back of an e-mail channel, to change it. */
  settings: Record<string, unknown>;
  has_secret: boolean;
  rules: ChannelRules;
  enabled: boolean;
  created_at: number;
  /** The newest attempt; null: none yet. */
  last: { at: number; ok: boolean; why: string } | null;
}
/** POST /channels: `signing_secret` (`whsec_…`) of a webhook is shown this once. */
export interface CreatedChannel extends Channel {
  signing_secret?: string;
}

/** Where a message in the outbox is. `skipped`: when its time came the facts were no longer so, or a person had muted it. */
export const DELIVERY_STATES = ['waiting', 'sending', 'sent', 'failed', 'skipped'] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

/** One line of the log of deliveries. */
export interface DeliveryRow {
  id: string;
  channel_id: string;
  channel_name: string;
  channel_kind: ChannelKind;
  incident_id: string | null;
  /** `opened`, `again`, `closed`, or `test`. */
  about: string;
  title: string;
  state: DeliveryState;
  attempts: number;
  created_at: number;
  /** When it is tried next; null: not any more. */
  due_at: number | null;
  ended_at: number | null;
  /** What the receiver said, or why it was not sent. Never a secret. */
  why: string;
}
/** POST /channels/:channel/test: what came of it; also in the log of deliveries. */
export interface ChannelTest {
  ok: boolean;
  /** What the receiver said, or why it could not be sent. */
  why: string;
  delivery: DeliveryRow;
}
export const deliveriesQuerySchema = z.object({
  channel: z.string().max(64).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

/** GET /push-key: the application server key that `PushManager.subscribe` wants, base64url. */
export interface PushKey {
  public_key: string;
}
