import type { Channel, ChannelTarget } from '#lib/contract/channels.ts';
import { CanvasError } from '#lib/contract/errors.ts';
import { plainHost } from './address-guard.ts';

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

/** The address whose host is judged by the address guard. Throws `bad_request` for a mail server that is no host. */
export function guardedAddress(target: ChannelTarget): string {
  if (target.kind === 'push') return target.endpoint;
  if (target.kind !== 'email') return target.url;
  const host = plainHost(target.host);
  if (host === null) {
    const port = /^[^:]+:\d+$/.test(target.host)
      ? ' Give the port in its own field.'
      : ' Give a name such as mail.example.com, or an address.';
    throw new CanvasError('bad_request', `host: ${JSON.stringify(target.host)} is no host.${port}`);
  }
  return `http://${host.includes(':') ? `[${host}]` : host}/`;
}

/** Whether a password that was given for one target may be kept for another: not when it would go elsewhere. */
export function keepsPassword(before: Record<string, unknown>, after: Record<string, unknown>): boolean {
  return ['host', 'port', 'security', 'username'].every((field) => before[field] === after[field]);
}

const SECRET_CHARS = 8;

/**
 * What of a secret address a receiver may repeat, the longest first: all of it, its path with and without the query, and
 * each part of these that is long enough to be secret and is no word by chance; as it is sent, decoded, and as HTML writes it.
 */
export function secretPartsOf(address: string): string[] {
  const url = new URL(address);
  const path = `${url.pathname}${url.search}`;
  const sent = [address, url.href, path, url.pathname, url.username, url.password, ...path.split(/[/?&=]/)];
  const all = sent.flatMap((part) => [part, decoded(part)]).flatMap((part) => [part, part.replaceAll('&', '&amp;')]);
  return [...new Set(all)].filter((part) => part.length >= SECRET_CHARS).sort((a, b) => b.length - a.length);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Scheme, host and port; neither path nor user name. */
function hostOf(url: string): string {
  return new URL(url).origin;
}
