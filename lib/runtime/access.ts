import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { CanvasError } from '#lib/contract/errors.ts';

export interface Door {
  /** What it listens on. */
  host: string;
  /** What it is reached by. */
  url: string;
  inboundSecret: string | null;
}

/**
 * Who may give this agent a message.
 *
 * - The platform, and whoever it gave the inbound secret to, proves itself with that secret as bearer. A wrong bearer
 *   is refused everywhere.
 * - A door that listens on loopback is open to the programs of its own machine without one: workspaces ask each other
 *   directly there. A web page is not such a program: what carries an Origin, or reached us under a foreign Host name
 *   (DNS rebinding), is refused.
 * - A door on any other address opens to the secret only.
 */
export function checkAccess(request: Pick<IncomingMessage, 'headers'>, door: Door): void {
  if (bearerOf(request) !== undefined) {
    proveSecret(request, door.inboundSecret);
    return;
  }
  if (!isLoopback(door.host))
    throw new CanvasError(
      'unauthenticated',
      'This agent listens beyond its own machine: send the inbound secret of the workspace as "Authorization: Bearer"',
    );
  if (request.headers.origin !== undefined)
    throw new CanvasError('wrong_origin', 'Web pages may not send messages to an agent directly: ask through Canvas');
  const asked = hostName(`http://${request.headers.host ?? ''}`);
  if (asked === null || !(isLoopback(asked) || asked === hostName(door.url)))
    throw new CanvasError('wrong_host', `Host "${request.headers.host ?? ''}" is not a name of this agent: use ${door.url}`);
}

/**
 * Only the platform may: it proves itself with the inbound secret, on every address. Throws `unauthenticated` without a
 * bearer, `token_rejected` for a wrong one, or when this workspace was never given a secret to compare with.
 */
export function proveSecret(request: Pick<IncomingMessage, 'headers'>, secret: string | null): void {
  const bearer = bearerOf(request);
  if (bearer === undefined)
    throw new CanvasError('unauthenticated', 'Send the inbound secret of this workspace as "Authorization: Bearer"');
  if (secret === null)
    throw new CanvasError(
      'token_rejected',
      'This workspace has no inbound secret yet, so nobody can be known by it: it comes with the answer to a heartbeat',
    );
  if (!sameText(bearer, secret)) throw new CanvasError('token_rejected', 'The bearer is not the inbound secret of this workspace');
}

const bearerOf = ({ headers }: Pick<IncomingMessage, 'headers'>) => /^Bearer +(.+)$/i.exec(headers.authorization ?? '')?.[1]?.trim();

export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '').toLowerCase();
  return bare === 'localhost' || bare === '::1' || (isIP(bare) === 4 && bare.startsWith('127.'));
}

function hostName(url: string): string | null {
  try {
    return new URL(url).hostname;
  } catch {
    return null;
  }
}

/** Takes the same time for every wrong guess. */
function sameText(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
