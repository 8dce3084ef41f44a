import type { Actor } from './actor.ts';

/** Whose inbox, mutes and channels they are. What the platform asks by itself is asked for whoever sits at this machine. */
export function personOf(actor: Actor): { id: string; name: string } {
  return { id: actor.id ?? 'local', name: actor.name };
}
