/**
 * Text that came from an agent, made harmless for the eye: control characters and those that turn the direction of
 * what follows around become spaces or vanish. React escapes it; show it inside an element with `dir="auto"`.
 */
export function plainText(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: removing them is the point
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ').replace(/[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g, '');
}
