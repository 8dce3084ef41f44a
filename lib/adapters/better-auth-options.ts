import type { BetterAuthOptions, BetterAuthPlugin } from 'better-auth';
import type { Kysely } from 'kysely';
import { MIN_PASSWORD_CHARS } from '#lib/contract/sign-in.ts';
import { passwordHash } from './password-hash.ts';

/** The library is spoken to inside this process only, under an address that leads nowhere: no header of a client moves it. */
export const INNER_URL = 'http://canvas.invalid';
export const ADDRESS_HEADER = 'x-canvas-client-address';

const SESSION_SECONDS = 30 * 24 * 3600;
const ATTEMPTS = { window: 60, max: 10 } as const;

export interface BetterAuthParts {
  /** The store's own handle: the library's tables lie beside ours. */
  db: Kysely<never>;
  engine: 'sqlite' | 'postgres';
  /** Signs the session cookies; at least 32 characters. */
  secret: string;
  /** People reach us by https: the cookie is sent over nothing else. */
  secure: boolean;
  log: (level: 'warn' | 'error', message: string, facts?: Record<string, unknown>) => void;
}

/** Password only, nobody signs up, no request leaves this process, attempts are limited per client address. */
export function betterAuthOptions({ db, engine, secret, secure, log }: BetterAuthParts, plugins: BetterAuthPlugin[]) {
  return {
    appName: 'Canvas',
    baseURL: INNER_URL,
    basePath: '/api/auth',
    secret,
    database: { db, type: engine },
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: MIN_PASSWORD_CHARS,
      maxPasswordLength: 200,
      password: passwordHash,
    },
    session: { modelName: 'auth_sessions', expiresIn: SESSION_SECONDS, updateAge: 24 * 3600 },
    user: { modelName: 'auth_users' },
    account: { modelName: 'auth_accounts' },
    verification: { modelName: 'auth_verifications' },
    rateLimit: {
      enabled: true,
      storage: 'memory',
      customRules: { '/sign-in/email': ATTEMPTS, '/set-up': ATTEMPTS, '/sign-out': false },
    },
    advanced: {
      cookiePrefix: 'canvas',
      useSecureCookies: secure,
      ipAddress: { ipAddressHeaders: [ADDRESS_HEADER] },
      // Whoever asks was judged by the Origin rule of lib/http, which knows our real addresses.
      disableCSRFCheck: true,
      disableOriginCheck: true,
    },
    telemetry: { enabled: false },
    logger: {
      level: 'error',
      disableColors: true,
      log: (level, message) => log(level === 'error' ? 'error' : 'warn', `sign-in: ${message}`),
    },
    plugins,
  } satisfies BetterAuthOptions;
}
