import { CanvasError } from '#lib/contract/errors.ts';
import { mayTalk } from '#lib/domain/hierarchy.ts';
import type { Actor } from './actor.ts';
import type { Deps } from './deps.ts';

/** The refusal for a caller of the wrong kind: 401 for nobody, 403 for somebody. */
export function refuseStranger(actor: Actor): never {
  if (actor.kind === 'anonymous') {
    throw new CanvasError('unauthenticated', 'This needs a signed-in operator or a workspace token (Authorization: Bearer …).');
  }
  throw new CanvasError('forbidden', `A ${actor.kind} may not do this; an operator may.`);
}

/** Only a person at the canvas, or the platform itself. */
export function allowOperator(actor: Actor): void {
  if (actor.kind === 'operator' || actor.kind === 'platform') return;
  refuseStranger(actor);
}

/** A workspace about itself, or an operator. */
export function allowSelf(actor: Actor, input: { id: string }): void {
  if (actor.kind === 'workspace') {
    if (actor.id === input.id) return;
    throw new CanvasError('forbidden', `This token belongs to workspace ${actor.id}; it may not act for ${input.id}.`);
  }
  allowOperator(actor);
}

/** A workspace about itself or one it may talk to by the hierarchy rule (contract §1), or an operator. */
export function allowReach(actor: Actor, input: { id: string }, deps: Deps): void {
  if (actor.kind === 'workspace') {
    deps.fleet.get(input.id);
    if (mayTalk(actor.id, input.id, deps.fleet.parentOf)) return;
    throw new CanvasError(
      'forbidden',
      `Workspace ${actor.id} may not reach ${input.id}: only itself, siblings, ancestors and descendants.`,
    );
  }
  allowOperator(actor);
}
