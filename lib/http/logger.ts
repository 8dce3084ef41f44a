import pino, { type Logger } from 'pino';

/** Each is applied to whole lines: a secret is hidden wherever it stands, in a field, a message, a URL or a stack. */
const HIDDEN: readonly (readonly [RegExp, string])[] = [
  [/\b(Bearer\s+)[^\s"\\,]+/gi, '$1[hidden]'],
  [/\bjoin_[A-Za-z0-9._-]+/g, 'join_[hidden]'],
  [/("[\w-]*(?:token|secret|password|cookie|authorization|api_?key)"\s*:\s*)"(?:[^"\\]|\\.)*"/gi, '$1"[hidden]"'],
  [/(\\"[\w-]*(?:token|secret|password|cookie|authorization|api_?key)\\"\s*:\s*)\\"[^"\\]*/gi, '$1\\"[hidden]'],
  [/([?&](?:token|secret|code|last_event_id)=)[^&\s"\\]+/gi, '$1[hidden]'],
  [/(:\/\/[^/\s:@"]*:)[^/\s@"]+@/g, '$1[hidden]@'],
  [/\bcanvas_[\w-]{20,}/g, 'canvas_[hidden]'],
  // A workspace token or an inbound secret: 32 bytes as base64url.
  [/(?<![\w-])[\w-]{43}(?![\w-])/g, '[hidden]'],
];

/** The line without what must not be read in a log (contract §1). */
export function hideSecrets(line: string): string {
  let shown = line;
  for (const [pattern, replacement] of HIDDEN) shown = shown.replace(pattern, replacement);
  return shown;
}

const NAMES: Record<number, string> = { 20: 'debug', 30: 'info', 40: 'warn', 50: 'error', 60: 'fatal' };

/** For a person at a terminal: time, level, message, then the facts. */
export function readableLine(line: string): string {
  const { time, level, msg, ...facts } = JSON.parse(line) as { time: number; level: number; msg?: string };
  const rest = Object.entries(facts).map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  return `${[new Date(time).toISOString().slice(11, 19), (NAMES[level] ?? String(level)).padEnd(5), msg ?? '', ...rest].join(' ')}\n`;
}

export interface LogTarget {
  write(line: string): void;
}

/** JSON lines, or readable ones for a terminal. Written at once: the last line before a crash is the one that matters. */
export function createLogger(level: string, target: LogTarget, readable = false): Logger {
  return pino(
    { level, base: null },
    { write: (line: string) => target.write(readable ? readableLine(hideSecrets(line)) : hideSecrets(line)) },
  );
}
