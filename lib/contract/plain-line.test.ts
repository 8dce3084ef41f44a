import { describe, expect, it } from 'vitest';
import { plainLine } from './plain-line.ts';

const line = plainLine(20);

describe('plainLine', () => {
  it.each([
    ['zero widths', '\u200b\u2060'],
    ['a soft hyphen', '\u00ad'],
    ['marks of direction', '\u200e\u202e'],
    ['a Hangul filler', '\u3164'],
    ['blanks of Braille', '\u2800\u2800'],
    ['a variation selector', '\ufe0f'],
    ['joiners with spaces between', '\u200d \u200d'],
  ])('refuses %s and says that nobody sees them', (_what, text) => {
    expect(line.safeParse(text).error?.issues[0]?.message).toMatch(/nobody can see/);
  });

  it.each([
    ['a byte order mark', '\ufeff'],
    ['a line break', 'a\nb'],
    ['more than fits', 'x'.repeat(21)],
  ])('refuses %s', (_what, text) => {
    expect(line.safeParse(text).success).toBe(false);
  });

  it.each(['Docs Writer', 'محرر', '文档', '👨‍👩‍👧', '…', '1', 'a\u200bb'])('takes %j', (text) => {
    expect(line.parse(` ${text} `)).toBe(text);
  });
});
