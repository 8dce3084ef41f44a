/** Text from outside as both engines keep it: PostgreSQL refuses U+0000, so it becomes U+FFFD on either. */
export function storableText<T extends string | null>(text: T): T {
  return (text === null ? null : text.replaceAll('\u0000', '\ufffd')) as T;
}
