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
  const bearer = /^Bearer +(.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (bearer !== undefined) {
    if (door.inboundSecret !== null && sameText(bearer.trim(), door.inboundSecret)) return;
    throw new CanvasError('token_rejected', 'The bearer is not the inbound secret of this workspace');
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
