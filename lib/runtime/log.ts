import { scrub } from '#lib/domain/scrub.ts';

export type LogLevel = 'info' | 'warn' | 'error';
export type Log = (level: LogLevel, message: string, fields?: Record<string, string | number | boolean | null>) => void;

const oneLine = (text: string) => text.replace(/\s*\n\s*/g, ' ');

/** One line an entry, made to be read in a log tail: time, level, sentence, key=value. Secrets are taken out of all of it. */
export function lineLog(write: (line: string) => void, now: () => Date = () => new Date()): Log {
  return (level, message, fields = {}) => {
    const clean = scrub(fields).value as typeof fields;
    const extra = Object.entries(clean).map(([key, value]) => ` ${key}=${typeof value === 'string' ? JSON.stringify(value) : value}`);
    write(`${now().toISOString()} ${level.padEnd(5)} ${oneLine(String(scrub(message).value))}${extra.join('')}\n`);
  };
}

/** The sentence of anything thrown. */
export function sentenceOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
