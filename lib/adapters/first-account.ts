import type { BetterAuthPlugin } from 'better-auth';
import { APIError, createAuthEndpoint } from 'better-auth/api';
import { setSessionCookie } from 'better-auth/cookies';
import { setUpSchema } from '#lib/contract/sign-in.ts';
import { passwordHash } from './password-hash.ts';
import type { SetUpLink } from './set-up-link.ts';

/**
 * POST /set-up, beside the library's own ways in and under its rate limit: the first account, with the token of the link,
 * signed in at once. The token is taken before anything is made, so that two at the same moment make one account.
 */
export function firstAccount(link: SetUpLink, needsSetUp: () => Promise<boolean>) {
  return {
    id: 'first-account',
    endpoints: {
      setUp: createAuthEndpoint('/set-up', { method: 'POST', body: setUpSchema }, async (ctx) => {
        const { token, name, email, password } = ctx.body;
        const { internalAdapter } = ctx.context;
        if (!(await needsSetUp())) throw new APIError('CONFLICT', { message: 'An account was made already' });
        const session = await link.spend(token, async () => {
          // A process killed between the two rows leaves a user that cannot sign in: it is taken up again.
          const left = await internalAdapter.findUserByEmail(email);
          const user = left?.user ?? (await internalAdapter.createUser({ name, email, emailVerified: true }));
          await internalAdapter.linkAccount({
            userId: user.id,
            providerId: 'credential',
            accountId: user.id,
            password: await passwordHash.hash(password),
          });
          return { session: await internalAdapter.createSession(user.id), user };
        });
        if (!session) throw new APIError('UNAUTHORIZED', { message: 'The set-up link does not hold' });
        await setSessionCookie(ctx, session);
        return ctx.json({ user: { id: session.user.id, name: session.user.name } });
      }),
    },
  } satisfies BetterAuthPlugin;
}
