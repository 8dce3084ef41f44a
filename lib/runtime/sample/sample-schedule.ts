/**
 * When the sample team is in trouble, in seconds since the start of each member's process, at pace 1. Everything here
 * really happens to the member in question: a lock that is held, drafts with broken links, a process that ends. With a
 * heartbeat every 5 s a person sees every state within five minutes.
 *
 *   40 s  searcher      its index is locked: wedged for 40 s, then again every 240 s
 *   60 s  link checker  checks a pile of bad drafts for 25 s: most requests fail, degraded; again every 240 s
 *  230 s  statistician  ends with exit code 1: offline, until its provisioner starts it again, and so on
 *
 * A crash every 230 s is at most two restarts in any ten minutes before the next one: below a cap of three.
 */
export interface Spell {
  first: number;
  every: number;
  length: number;
}

export const LOCKED_INDEX: Spell = { first: 40, every: 240, length: 40 };
export const BAD_DRAFTS: Spell = { first: 60, every: 240, length: 25 };
export const CRASH_AFTER_SECONDS = 230;

/** Whether a spell is on `elapsed` seconds after the start. */
export function isOn(spell: Spell, elapsed: number): boolean {
  return elapsed >= spell.first && (elapsed - spell.first) % spell.every < spell.length;
}

/** Which spell it is, counted from 0; null between them. */
export function spellNumber(spell: Spell, elapsed: number): number | null {
  return isOn(spell, elapsed) ? Math.floor((elapsed - spell.first) / spell.every) : null;
}
