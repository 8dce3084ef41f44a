import type { Channel, ChannelTarget } from '#lib/contract/channels.ts';

/** A target in two halves: what may be shown and read back, and what never leaves the server. */
export interface SplitTarget {
  shown: Record<string, unknown>;
  secret: Record<string, unknown> | null;
}

/**
 * Addresses of webhooks and push services are secrets themselves (whoever knows one can send there), so only their host
 * is shown. `made` is the signing secret of a webhook.
 */
export function splitTarget(target: ChannelTarget, made: string): SplitTarget {
  if (target.kind === 'email') {
    const { kind: _kind, password, username, ...shown } = target;
    return { shown: { ...shown, username: username ?? null }, secret: password ? { password } : null };
  }
  if (target.kind === 'push') {
    const { p256dh, auth } = target.keys;
    return { shown: { host: hostOf(target.endpoint) }, secret: { endpoint: target.endpoint, p256dh, auth } };
  }
  const secret = { url: target.url, ...(target.kind === 'webhook' && { signing_secret: made }) };
  return { shown: { host: hostOf(target.url) }, secret };
}

/** Where it goes, without what is secret: `https://hooks.example/…`, `ops@example.com via mail.example:587`. */
export function shownTarget(kind: Channel['kind'], shown: Record<string, unknown>): string {
  if (kind === 'email') return `${(shown['to'] as string[]).join(', ')} via ${String(shown['host'])}:${String(shown['port'])}`;
  return kind === 'push' ? `a browser, via ${String(shown['host'])}` : `${String(shown['host'])}/…`;
}

/** The address whose host is judged by the address guard. */
export function guardedAddress(target: ChannelTarget): string {
  if (target.kind === 'email') return `http://${target.host.includes(':') ? `[${target.host}]` : target.host}/`;
  return target.kind === 'push' ? target.endpoint : target.url;
}

/** Whether a password that was given for one target may be kept for another: not when it would go elsewhere. */
export function keepsPassword(before: Record<string, unknown>, after: Record<string, unknown>): boolean {
  return ['host', 'port', 'security', 'username'].every((field) => before[field] === after[field]);
}

/** Scheme, host and port; neither path nor user name. */
function hostOf(url: string): string {
  return new URL(url).origin;
}
