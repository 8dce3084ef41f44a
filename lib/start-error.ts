import type { Env } from '#lib/env.ts';
import { hideSecrets } from '#lib/http/logger.ts';

/** Why Canvas could not start, in one line with what to do; `env` is null when the environment itself was not usable. */
export function startErrorText(thrown: unknown, env: Env | null): string {
  return hideSecrets(answerTo(thrown, env));
}

function answerTo(thrown: unknown, env: Env | null): string {
  const { code, message } = (thrown ?? {}) as NodeJS.ErrnoException;
  const where = `HOST=${env?.host} PORT=${env?.port}`;
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${env?.port} on ${env?.host} is taken by another program. End it, or choose another port: PORT=${(env?.port ?? 3000) + 1}. PORT=0 takes any free one.`;
    case 'EACCES':
      return `This user may not listen on ${where}. Ports below 1024 belong to the system; choose a higher one with PORT.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EINVAL':
      return `${where} is no address of this machine. HOST is 127.0.0.1 (this machine only), 0.0.0.0 (every address it has), or one of its own addresses.`;
    default:
      return message ? message : String(thrown);
  }
}
