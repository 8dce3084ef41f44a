import { z } from 'zod';
import { plainLine } from './plain-line.ts';

export const MIN_PASSWORD_CHARS = 12;
const MAX_PASSWORD_CHARS = 200;

const email = z.string().trim().max(254).pipe(z.email('this is not an e-mail address'));

/** POST /api/auth/sign-in. Whether the address or the password was wrong is not told. */
export const signInSchema = z.object({ email, password: z.string().min(1).max(MAX_PASSWORD_CHARS) });
export type SignInInput = z.infer<typeof signInSchema>;

/** POST /api/auth/set-up: makes the first account, with the token of the link that was printed at start. */
export const setUpSchema = z.object({
  token: z.string().min(1).max(200),
  name: plainLine(100),
  email,
  password: z.string().min(MIN_PASSWORD_CHARS, `a password has at least ${MIN_PASSWORD_CHARS} characters`).max(MAX_PASSWORD_CHARS),
});
export type SetUpInput = z.infer<typeof setUpSchema>;

/** What signing in answers besides the session cookie, which no script can read. */
export interface SignedInAnswer {
  name: string;
}
