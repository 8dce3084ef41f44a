import { CanvasError } from '#lib/contract/errors.ts';

const UNIQUE = new Set(['SQLITE_CONSTRAINT_UNIQUE', 'SQLITE_CONSTRAINT_PRIMARYKEY', '23505']);
/** Another writer was in the way; the same transaction may succeed when it is run again. */
const CONTENTION = new Set(['40001', '40P01', '55P03']);
/** The store itself is out of reach or cannot write: nothing about the call is wrong. */
const OUT_OF_REACH = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'ETIMEDOUT',
  'EPIPE',
  'ENOENT',
  '25006',
  '53200',
  '53300',
  '57014',
]);

/** The disk has no room: SQLite, PostgreSQL, the system. */
const DISK_FULL = new Set(['SQLITE_FULL', '53100', 'ENOSPC', 'EDQUOT']);

/** What the engine itself threw, from the answer that `asStoreError` made of it; anything else as it is. */
export function engineErrorOf(thrown: unknown): unknown {
  return thrown instanceof CanvasError && thrown.cause !== undefined ? thrown.cause : thrown;
}

/** The engine's own code: `SQLITE_…`, a five-character SQLSTATE, or a system code such as `ECONNREFUSED`. */
export function engineCodeOf(thrown: unknown): string {
  const code = (engineErrorOf(thrown) as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
}

export function isContention(thrown: unknown): boolean {
  const code = engineCodeOf(thrown);
  return CONTENTION.has(code) || code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED');
}

/**
 * What an engine threw, as an answer whose `cause` it is: a broken uniqueness is `conflict`, contention that outlasted its
 * retries `overloaded`, a store that cannot be reached or written `unavailable`. An answer, and what is a fault, comes back as it is.
 */
export function asStoreError(thrown: unknown): unknown {
  const answer = thrown instanceof CanvasError ? null : answerTo(thrown);
  if (answer) answer.cause = thrown;
  return answer ?? thrown;
}

/**
 * Whether it is the call's own fault: it broke a rule, gave a value that is none, or its code failed. Else the store could
 * not take it, and may take the very same later.
 */
export function isOwnFault(thrown: unknown): boolean {
  if (thrown instanceof CanvasError && (thrown.code === 'unavailable' || thrown.code === 'overloaded')) return false;
  const code = engineCodeOf(thrown);
  // The engines' clients say in plain errors without a code that a connection is not there any more.
  if (code === '') return (thrown as object | null)?.constructor !== Error;
  return /^(ERR_|SQLITE_CONSTRAINT|SQLITE_TOOBIG|SQLITE_MISMATCH|2[23]...$)/.test(code);
}

function answerTo(thrown: unknown): CanvasError | null {
  const code = engineCodeOf(thrown);
  const said = thrown instanceof Error ? thrown.message : String(thrown);
  if (UNIQUE.has(code)) {
    return new CanvasError(
      'conflict',
      `This already exists (${brokenRule(thrown)}). Choose another value, or read the current state and try again.`,
    );
  }
  if (isContention(thrown)) {
    return new CanvasError('overloaded', 'The store is busy with other writers and did not get to this change. Try again in a moment.');
  }
  if (DISK_FULL.has(code)) {
    return new CanvasError('unavailable', `The store's disk is full (${code}); nothing was changed. Make room on it, then try again.`);
  }
  if (isOutOfReach(code, said)) {
    return new CanvasError(
      'unavailable',
      `The store does not answer (${code || said}). Look at its disk space and whether the database server runs, then try again.`,
    );
  }
  return null;
}

function isOutOfReach(code: string, said: string): boolean {
  return (
    OUT_OF_REACH.has(code) ||
    code.startsWith('08') ||
    code.startsWith('57P') ||
    /^SQLITE_(FULL|IOERR|READONLY|CANTOPEN)/.test(code) ||
    /^(Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect)/.test(said)
  );
}

/** The columns or the index that refused; never the values, which may be secret. */
function brokenRule(thrown: unknown): string {
  const { constraint, message } = thrown as { constraint?: string; message?: string };
  return constraint ?? message?.replace(/^UNIQUE constraint failed: /, '') ?? 'a unique value';
}
