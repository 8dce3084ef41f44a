import { z } from 'zod';
import { wellFormed } from './well-formed.ts';

/** Something to see: not white space, and none of the characters that are nothing to the eye (zero widths, fillers, the blank of Braille). */
const SEEN = /[^\p{Cc}\p{Cf}\p{Cs}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/u;

/** One line that a person can see: rejects control characters (U+0000–001F, U+007F–009F) and text that is empty, also to the eye. */
export const plainLine = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    .overwrite(wellFormed)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: refusing them is the point
    .regex(/^[^\u0000-\u001f\u007f-\u009f]*$/u, 'control characters are not allowed')
    .regex(SEEN, 'it has only characters that nobody can see; give at least one letter, digit or sign');
