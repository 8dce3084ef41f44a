import { randomBytes } from 'node:crypto';

const COUNTER_LIMIT = 0x1000;
let lastMs = 0;
let counter = 0;

/**
 * A UUIDv7 as text: 48 bits of milliseconds, 12 bits of counter, 62 random bits. Ids made by one process sort in the
 * order they were made, also inside one millisecond and when the clock steps back.
 */
export function newId(now: number = Date.now()): string {
  if (now > lastMs) {
    lastMs = now;
    counter = 0;
  } else {
    counter += 1;
    if (counter === COUNTER_LIMIT) {
      lastMs += 1;
      counter = 0;
    }
  }
  const bytes = randomBytes(16);
  bytes.writeUIntBE(lastMs, 0, 6);
  bytes.writeUInt16BE(0x7000 | counter, 6);
  bytes.writeUInt8(0x80 | (bytes.readUInt8(8) & 0x3f), 8);
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
