import type { IncomingHttpHeaders } from 'node:http';
import { CanvasError } from '#lib/contract/errors.ts';

const LOOPBACK_NAMES = new Set(['127.0.0.1', 'localhost', '[::1]']);

export interface GuardPolicy {
  /** Bound to loopback without sign-in: only loopback names (and the allowed ones) may stand in `Host`. */
  loopback: boolean;
  /** Host names without port, and `publicUrl`'s, that are ours as well. */
  allowedHosts: readonly string[];
  publicUrl: string | undefined;
}

/**
 * Keeps other sites out of a browser's reach (contract §1): a page on another site that resolves its own name to our
 * address (DNS rebinding) fails by `Host`, one that sends requests across sites fails by `Origin` or `Sec-Fetch-Site`.
 * For requests without a bearer only: a browser never adds one by itself.
 *
 * @throws CanvasError `wrong_host` or `wrong_origin`
 */
export function guardOrigin(method: string, headers: IncomingHttpHeaders, policy: GuardPolicy): void {
  const host = headers.host ?? '';
  if (!hostIsOurs(host, policy)) {
    throw new CanvasError(
      'wrong_host',
      `Canvas does not answer under the host name ${JSON.stringify(host.slice(0, 100))}. Use the address it printed, or name it in CANVAS_ALLOWED_HOSTS.`,
    );
  }
  const { origin } = headers;
  if (origin !== undefined && !originIsOurs(origin, host, policy)) {
    throw new CanvasError('wrong_origin', `Requests from ${JSON.stringify(origin.slice(0, 100))} are refused: it is another site than this Canvas.`);
  }
  if (origin === undefined && headers['sec-fetch-site'] === 'cross-site') {
    const navigates = headers['sec-fetch-mode'] === 'navigate' && (method === 'GET' || method === 'HEAD');
    if (!navigates) throw new CanvasError('wrong_origin', 'Requests from another site are refused.');
  }
}

function nameOf(host: string): string {
  return host.replace(/:\d+$/, '').toLowerCase();
}

function hostIsOurs(host: string, policy: GuardPolicy): boolean {
  if (host === '') return false;
  const name = nameOf(host);
  if (policy.allowedHosts.includes(name) || (policy.publicUrl && host.toLowerCase() === new URL(policy.publicUrl).host)) return true;
  if (policy.loopback) return LOOPBACK_NAMES.has(name);
  // With sign-in a rebound name carries no session of ours; only a public address that was set narrows it down.
  return policy.publicUrl === undefined && policy.allowedHosts.length === 0 ? true : LOOPBACK_NAMES.has(name);
}

function originIsOurs(origin: string, host: string, policy: GuardPolicy): boolean {
  if (policy.publicUrl && origin === new URL(policy.publicUrl).origin) return true;
  if (!URL.canParse(origin)) return false;
  const url = new URL(origin);
  return url.host === host.toLowerCase();
}
