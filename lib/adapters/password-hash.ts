import { hash, verify } from '@node-rs/argon2';

/** Argon2id with 19 MiB, 2 passes, 1 lane: OWASP's first recommendation, and some 20 ms on one core. */
const OPTIONS = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** The same characters typed on another system may be other code points. */
const plain = (password: string) => password.normalize('NFKC');

export const passwordHash = {
  hash: (password: string): Promise<string> => hash(plain(password), OPTIONS),
  verify: ({ hash: known, password }: { hash: string; password: string }): Promise<boolean> => verify(known, plain(password)),
};
