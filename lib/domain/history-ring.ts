import { type Heartbeat, isFullBeat } from '#lib/contract/heartbeat.ts';
import type { HistoryMinute } from '#lib/contract/history.ts';
import { MINUTE_LETTERS, type MinuteLetter } from '#lib/contract/workspace-status.ts';
import { minuteLetter } from './minute-letter.ts';
import type { WorkspaceFacts } from './workspace-facts.ts';

/** Minutes kept in memory: the bars of a card, and at any moment the whole current hour. */
export const RING_MINUTES = 60;
export const MINUTE_MS = 60_000;

/** Words of one slot: letter (4 bits, low) with beats (12 bits) · requests · failed share of them, in 65,535ths · tasks. */
const SLOT = 4;
const MAX_WORD = 0xffff;
const MAX_BEATS = 0xfff;

/**
 * The last hour of one workspace, a slot a minute, slot = minute modulo 60. 480 bytes, so that ten thousand fit into
 * a few MB. Invariant: slots (newest - 60, newest] are true; what lies between `newest` and a later now is `carry`.
 */
export interface HistoryRing {
  readonly words: Uint16Array;
  /** Newest minute since the epoch that was written; -1 when none was. */
  newest: number;
  /** Index in `MINUTE_LETTERS` of the state it is in: what fills minutes in which nothing is heard. */
  carry: number;
}

export function newRing(): HistoryRing {
  return { words: new Uint16Array(RING_MINUTES * SLOT), newest: -1, carry: 0 };
}

/** Notes the state that `facts` show. The worst letter of a minute stays. */
export function recordStatus(ring: HistoryRing, facts: WorkspaceFacts, now: number): void {
  const minute = Math.floor(now / MINUTE_MS);
  const letter = MINUTE_LETTERS.indexOf(minuteLetter(facts));
  const slot = slotFor(ring, minute);
  if (minute >= ring.newest) ring.carry = letter;
  if (slot >= 0) worsen(ring, slot, letter);
}

/**
 * Notes an accepted beat and the facts that it led to. Requests and failures count from full beats only (a partial one
 * carries zeroes that mean nothing); a runtime that does not count its requests weighs each full beat as one.
 */
export function recordBeat(ring: HistoryRing, beat: Heartbeat, facts: WorkspaceFacts, now: number): void {
  recordStatus(ring, facts, now);
  const slot = slotFor(ring, Math.floor(now / MINUTE_MS));
  if (slot < 0) return;
  const { words } = ring;
  const head = words[slot] ?? 0;
  if (head >> 4 < MAX_BEATS) words[slot] = head + 16;
  words[slot + 3] = Math.max(words[slot + 3] ?? 0, Math.min(MAX_WORD, facts.active_tasks));
  if (beat.error_rate === undefined || !isFullBeat(beat)) return;
  const weight = beat.requests ?? 1;
  if (weight === 0) return;
  const before = words[slot + 1] ?? 0;
  const failed = ((words[slot + 2] ?? 0) / MAX_WORD) * before + beat.error_rate * weight;
  words[slot + 1] = Math.min(MAX_WORD, before + weight);
  words[slot + 2] = Math.round((failed / (before + weight)) * MAX_WORD);
  if (beat.error_rate > 0 && facts.status === 'online') worsen(ring, slot, MINUTE_LETTERS.indexOf('e'));
}

/** Puts back what was stored. The time between the last stored minute and the next record stays unknown. */
export function restoreMinutes(ring: HistoryRing, minutes: readonly HistoryMinute[]): void {
  for (const stored of minutes) {
    const slot = slotFor(ring, stored.minute);
    if (slot < 0) continue;
    ring.words[slot] = MINUTE_LETTERS.indexOf(stored.letter) | (Math.min(MAX_BEATS, stored.beats) << 4);
    ring.words[slot + 1] = Math.min(MAX_WORD, stored.requests);
    ring.words[slot + 2] = stored.requests > 0 ? Math.round(Math.min(1, stored.failed / stored.requests) * MAX_WORD) : 0;
    ring.words[slot + 3] = Math.min(MAX_WORD, stored.tasks);
  }
}

/** 60 letters, oldest first, the last one for `minute`. */
export function barsAt(ring: HistoryRing, minute: number): string {
  let bars = '';
  for (let at = minute - RING_MINUTES + 1; at <= minute; at += 1) bars += letterAt(ring, at);
  return bars;
}

/** The letter of `minute` so far. */
export function minuteLetterNow(ring: HistoryRing, minute: number): MinuteLetter {
  return letterAt(ring, minute);
}

/** The minutes of `hour` (hours since the epoch) that are known up to `untilMinute`, oldest first. Only the last 60 minutes can be. */
export function minutesOfHour(ring: HistoryRing, hour: number, untilMinute: number): HistoryMinute[] {
  const minutes: HistoryMinute[] = [];
  for (let minute = hour * 60; minute < hour * 60 + 60 && minute <= untilMinute; minute += 1) {
    const known = minuteAt(ring, minute);
    if (known.letter !== '.') minutes.push(known);
  }
  return minutes;
}

function minuteAt(ring: HistoryRing, minute: number): HistoryMinute {
  const letter = letterAt(ring, minute);
  if (!isWritten(ring, minute)) return { minute, letter, beats: 0, requests: 0, failed: 0, tasks: 0 };
  const slot = (minute % RING_MINUTES) * SLOT;
  const requests = ring.words[slot + 1] ?? 0;
  const failed = Math.round(((ring.words[slot + 2] ?? 0) / MAX_WORD) * requests * 100) / 100;
  return { minute, letter, beats: (ring.words[slot] ?? 0) >> 4, requests, failed, tasks: ring.words[slot + 3] ?? 0 };
}

function isWritten(ring: HistoryRing, minute: number): boolean {
  return ring.newest >= 0 && minute <= ring.newest && minute > ring.newest - RING_MINUTES;
}

function letterAt(ring: HistoryRing, minute: number): MinuteLetter {
  if (isWritten(ring, minute)) return MINUTE_LETTERS[(ring.words[(minute % RING_MINUTES) * SLOT] ?? 0) & 15] ?? '.';
  const after = ring.newest >= 0 && minute > ring.newest;
  return (after ? MINUTE_LETTERS[ring.carry] : undefined) ?? '.';
}

/** Moves the ring on to `minute`, filling what was skipped, and answers where its slot begins; -1 for one too old to be kept. */
function slotFor(ring: HistoryRing, minute: number): number {
  if (ring.newest < 0 || minute - ring.newest >= RING_MINUTES) {
    // Everything kept is older than the window: only the carried state is left of it.
    fill(ring, minute - RING_MINUTES + 1, minute, ring.newest < 0 ? 0 : ring.carry);
    ring.newest = minute;
  } else if (minute > ring.newest) {
    fill(ring, ring.newest + 1, minute, ring.carry);
    ring.newest = minute;
  } else if (minute <= ring.newest - RING_MINUTES) return -1;
  return (minute % RING_MINUTES) * SLOT;
}

function fill(ring: HistoryRing, from: number, to: number, letter: number): void {
  for (let minute = Math.max(0, from); minute <= to; minute += 1) {
    const slot = (minute % RING_MINUTES) * SLOT;
    ring.words.fill(0, slot, slot + SLOT);
    ring.words[slot] = letter;
  }
}

function worsen(ring: HistoryRing, slot: number, letter: number): void {
  const head = ring.words[slot] ?? 0;
  if (letter > (head & 15)) ring.words[slot] = (head & ~15) | letter;
}
