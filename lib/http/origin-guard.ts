import type { IncomingHttpHeaders } from 'node:http';
import { isIPv4 } from 'node:net';
import { CanvasError } from '#lib/contract/errors.ts';

export interface GuardPolicy {
  /** No sign-in: whoever gets past this guard is the operator, so only loopback names (and the allowed ones) may stand in `Host`. */
  loopback: boolean;
  /** Host names without port that are ours as well. */
  allowedHosts: readonly string[];
  /** `scheme://host[:port]`, when people reach us under another address than the one we listen on. */
  publicUrl: string | undefined;
}

const HOST = /^(?:\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?$/i;

/**
 * Keeps other sites out of a browser's reach (contract §1). A page on another site that resolves its own name to our
 * address (DNS rebinding) fails by `Host`; one that sends requests across sites fails by `Origin` or `Sec-Fetch-Site`,
 * also from another port of the same host. For requests without a bearer only: a browser never adds one by itself.
 *
 * With sign-in and neither a public address nor allowed hosts any name passes: a rebound name has no cookie of ours.
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
    throw new CanvasError(
      'wrong_origin',
      `Requests from ${JSON.stringify(origin.slice(0, 100))} are refused: it is another site than this Canvas.`,
    );
  }
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none' && !followsLink(method, headers)) {
    throw new CanvasError('wrong_origin', 'Requests from another site are refused.');
  }
  if (!policy.loopback && origin === undefined && site === undefined && headers.cookie !== undefined && !reads(method)) {
    throw new CanvasError(
      'wrong_origin',
      'A change with a session cookie must say where it comes from (Origin). Tools use a token instead of the cookie.',
    );
  }
}

const reads = (method: string) => method === 'GET' || method === 'HEAD';

/** A person followed a link to us from elsewhere: the top-level page of a tab, never a frame or an image. */
function followsLink(method: string, headers: IncomingHttpHeaders): boolean {
  const { 'sec-fetch-mode': mode, 'sec-fetch-dest': destination } = headers;
  return reads(method) && mode === 'navigate' && (destination === undefined || destination === 'document');
}

/** Name and port as a browser would write them; null for what no browser sends. `scheme` decides which port goes without saying. */
function canonical(host: string, scheme: 'http:' | 'https:'): URL | null {
  if (!HOST.test(host) || !URL.canParse(`${scheme}//${host}`)) return null;
  return new URL(`${scheme}//${host}`);
}

const withoutDot = (name: string) => name.toLowerCase().replace(/\.$/, '');

export function isLoopbackName(name: string): boolean {
  return name === 'localhost' || name === '[::1]' || (isIPv4(name) && name.startsWith('127.'));
}

function hostIsOurs(host: string, policy: GuardPolicy): boolean {
  const url = canonical(host, 'http:');
  if (!url) return false;
  const name = withoutDot(url.hostname);
  if (isLoopbackName(name)) return true;
  if (policy.allowedHosts.some((allowed) => withoutDot(allowed) === name)) return true;
  if (policy.publicUrl !== undefined) {
    const own = new URL(policy.publicUrl);
    const asked = canonical(host, own.protocol as 'http:' | 'https:');
    return asked !== null && withoutDot(asked.hostname) === withoutDot(own.hostname) && asked.port === own.port;
  }
  return !policy.loopback && policy.allowedHosts.length === 0;
}

/** The same name and port as in `Host`; its scheme too when the public address tells it. */
function originIsOurs(origin: string, host: string, policy: GuardPolicy): boolean {
  if (policy.publicUrl !== undefined && origin === new URL(policy.publicUrl).origin) return true;
  if (!URL.canParse(origin)) return false;
  const url = new URL(origin);
  // Only the bare form that browsers send: with a user, a path or a query in it, something else wrote it.
  if (url.origin !== origin.toLowerCase() || (url.protocol !== 'http:' && url.protocol !== 'https:')) return false;
  return canonical(host, url.protocol)?.host === url.host;
}
