import type { EventActor } from '#lib/contract/events.ts';

/** Who calls. A closed union: every permission is decided from it, every ledger and audit row names it. */
export type Actor =
  | { kind: 'operator'; id: string; name: string }
  | { kind: 'workspace'; id: string; name: string; token_id: string }
  | { kind: 'platform'; id: null; name: string }
  | { kind: 'anonymous'; id: null; name: string };

/** The operator of the sign-in-free loopback mode: whoever sits at this machine. */
export const LOCAL_OPERATOR: Actor = { kind: 'operator', id: 'local', name: 'this machine' };
export const ANONYMOUS: Actor = { kind: 'anonymous', id: null, name: 'anonymous' };

export function platformActor(loop: string): Actor {
  return { kind: 'platform', id: null, name: loop };
}

export function eventActorOf(actor: Actor): EventActor {
  return { kind: actor.kind, id: actor.id, name: actor.name };
}
