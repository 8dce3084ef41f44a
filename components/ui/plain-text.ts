import { wellFormed } from '#lib/contract/well-formed.ts';

/** Control characters and line separators: a card has its own lines. */
const CONTROLS = /[\p{Cc}\p{Zl}\p{Zp}]+/gu;
/** Invisible ones that turn the direction of what follows or hide in words; the joiners that scripts and emoji need stay. */
const INVISIBLE = /(?![\u200c\u200d])\p{Cf}/gu;

/** Text that came from an agent or a person, made harmless for the eye, and the same on a server and in a browser. React escapes it; show it inside an element with `dir="auto"`. */
export function plainText(text: string): string {
  return wellFormed(text).replace(CONTROLS, ' ').replace(INVISIBLE, '');
}
