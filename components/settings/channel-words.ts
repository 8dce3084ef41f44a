import { KIND_LABEL } from '#components/inbox/inbox-words.ts';
import type { ChannelKind, ChannelRules } from '#lib/contract/channels.ts';
import type { Severity } from '#lib/contract/incidents.ts';

export const CHANNEL_LABEL: Record<ChannelKind, string> = { webhook: 'Webhook', slack: 'Slack', email: 'E-mail', push: 'This browser' };
export const CHANNEL_TEXT: Record<ChannelKind, string> = {
  webhook:
    'A signed request to an address of yours, as Standard Webhooks describe it. The secret to check it with is made here and shown once.',
  slack: 'A message in Slack, or in what takes the same: Mattermost, Rocket.Chat, Discord with /slack at the end of its address.',
  email: 'A plain mail through a mail server of yours. All mails about one incident are one thread.',
  push: 'A notification of this browser, also while Canvas is not open in it. Only titles are shown; they are encrypted on their way.',
};
export const SEVERITY_RULE: Record<Severity, string> = {
  critical: 'Only what is critical',
  warning: 'Warnings, and what is critical',
  info: 'Everything, also what agents say',
};
export const SEVERITY_RULES = Object.keys(SEVERITY_RULE) as Severity[];

/** What goes to a channel, in one line: "Warnings, and what is critical · only Wedged, Failed · and when it is over". */
export function rulesText({ severity, kinds, recovery }: ChannelRules): string {
  const only = kinds.length === 0 ? '' : `only ${kinds.map((kind) => KIND_LABEL[kind]).join(', ')}`;
  return [SEVERITY_RULE[severity], only, recovery ? 'and when it is over' : ''].filter((part) => part !== '').join(' · ');
}
