import { describe, expect, it } from 'vitest';
import { plainText } from './plain-text.ts';

describe('plainText', () => {
  it.each([
    ['line\nbreaks\tand\u0007 bells', 'line breaks and  bells'],
    ['turned \u202Egpj.exe\u202C', 'turned gpj.exe'],
    ['isolates \u2066a\u2069 and marks \u200E\u200F\u061C', 'isolates a and marks '],
    ['in\u200Bvis\uFEFFible', 'invisible'],
    ['tags \u{E0041}\u{E0042}', 'tags '],
    ['family \u{1F468}\u200D\u{1F469}\u200D\u{1F467} stays', 'family \u{1F468}\u200D\u{1F469}\u200D\u{1F467} stays'],
    ['عربي and עברית stay', 'عربي and עברית stay'],
    ['half \ud800 of a character', 'half \ufffd of a character'],
    ['<b>is text</b>', '<b>is text</b>'],
  ])('makes %j harmless', (text, harmless) => {
    expect(plainText(text)).toBe(harmless);
  });
});
