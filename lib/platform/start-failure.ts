import type { StartFailure } from '#lib/domain/status-reasons.ts';

/** What a provisioner tells of a start that failed: its sentence, and how the process ended when there was one. */
export function startFailureOf(error: unknown): StartFailure {
  const { exit_code: code, signal, output } = (error as { details?: Record<string, unknown> }).details ?? {};
  return {
    code: typeof code === 'number' ? code : null,
    signal: typeof signal === 'string' ? signal : null,
    output: typeof output === 'string' ? output : '',
    said: error instanceof Error ? error.message : String(error),
  };
}
