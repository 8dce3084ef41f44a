import { closeSync, fstatSync, ftruncateSync, openSync, readSync, renameSync, statSync, writeFileSync, writeSync } from 'node:fs';

const TAIL_BYTES = 64 * 1024;
const MAX_LINE_CHARS = 4000;

export interface LogLimits {
  /** A log larger than this is rotated. */
  maxBytes: number;
  /** How many files are kept, the current one included. */
  files: number;
}

/**
 * The log of one workspace. The process itself writes into it through an inherited descriptor in append mode, with no
 * pipe in between: a platform that dies, stops or is slow neither kills nor blocks what it started.
 */
export function openLog(file: string): number {
  return openSync(file, 'a', 0o600);
}

/** Sets the output of one life apart from what was there before it. */
export function markStart(fd: number, nonce: string, attempt: number, at: number): void {
  writeSync(fd, `${startMark(nonce)} attempt ${attempt}, ${new Date(at).toISOString()}\n`);
}

/** The newest lines that this life wrote, oldest first; at most 64 KB are looked at. */
export function outputOf(file: string, nonce: string, lines: number): string[] {
  const all = lastLines(file, TAIL_BYTES);
  const mark = all.findLastIndex((line) => line.startsWith(startMark(nonce)));
  return all.slice(mark + 1).slice(-lines);
}

/** The newest lines of all that is kept, oldest first. */
export function tailLog(file: string, lines: number, limits: LogLimits): string[] {
  let found: string[] = [];
  for (let index = 0; index < limits.files && found.length < lines; index++) {
    found = [...lastLines(rotated(file, index), limits.maxBytes * 2), ...found];
  }
  return lines > 0 ? found.slice(-lines) : [];
}

/**
 * Copies what is there aside and empties the file. The writer keeps its descriptor and, being in append mode, goes on
 * at the start. Synchronous, so that only what is written in the microseconds between the last read and the cut is
 * lost; a rename would lose nothing and would need a writer that reopens, which an agent's output is not.
 */
export function rotateLog(file: string, limits: LogLimits): boolean {
  if (sizeOf(file) <= limits.maxBytes) return false;
  for (let index = limits.files - 2; index >= 1; index--) {
    if (sizeOf(rotated(file, index)) > 0) renameSync(rotated(file, index), rotated(file, index + 1));
  }
  const fd = openSync(file, 'r+');
  try {
    // A log that grew unwatched, while no platform ran, is cut to its newest part.
    const newest = readEnd(fd, limits.maxBytes * 2);
    if (limits.files > 1) writeFileSync(rotated(file, 1), newest, { mode: 0o600 });
    ftruncateSync(fd, 0);
  } finally {
    closeSync(fd);
  }
  return true;
}

function startMark(nonce: string): string {
  return `[canvas] start ${nonce.slice(0, 8)}`;
}

function rotated(file: string, index: number): string {
  return index === 0 ? file : `${file}.${index}`;
}

function sizeOf(file: string): number {
  try {
    return statSync(file).size;
  } catch {
    return 0;
  }
}

function lastLines(file: string, bytes: number): string[] {
  let fd: number;
  try {
    fd = openSync(file, 'r');
  } catch {
    return [];
  }
  try {
    const lines = readEnd(fd, bytes).toString('utf8').split('\n');
    if (fstatSync(fd).size > bytes) lines.shift();
    if (lines.at(-1) === '') lines.pop();
    return lines.map((line) => (line.length > MAX_LINE_CHARS ? `${line.slice(0, MAX_LINE_CHARS)}…` : line));
  } finally {
    closeSync(fd);
  }
}

function readEnd(fd: number, bytes: number): Buffer {
  const size = fstatSync(fd).size;
  const buffer = Buffer.alloc(Math.min(bytes, size));
  const read = readSync(fd, buffer, 0, buffer.length, Math.max(0, size - bytes));
  return buffer.subarray(0, read);
}
