const encoder = new TextEncoder();

/** Bytes that a value takes as JSON on the wire (UTF-8). */
export function jsonBytes(value: unknown): number {
  return encoder.encode(JSON.stringify(value)).length;
}
