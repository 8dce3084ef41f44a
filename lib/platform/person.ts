import { type Actor, LOCAL_OPERATOR } from './actor.ts';
import type { Deps } from './deps.ts';

/** Whose inbox, mutes and channels they are. What the platform asks by itself is asked for whoever sits at this machine. */
export function personOf(actor: Actor): { id: string; name: string } {
  return { id: actor.id ?? 'local', name: actor.name };
}

/**
 * What was made in the sign-in-free mode belongs to whoever sat at the machine. Once people sign in it is nobody's: no
 * person could see or end it.
 */
export function isNobodys(personId: string, deps: Pick<Deps, 'options'>): boolean {
  return personId === LOCAL_OPERATOR.id && !deps.options.signInFree;
}
