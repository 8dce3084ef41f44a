import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isWellFormed } from '#lib/contract/well-formed.ts';
import { beginningInBytes, beginningOf } from './whole-text.ts';

const FAMILY = '👨‍👩‍👧‍👦';

test.each([
  ['short', 'abc', 5, 'abc'],
  ['just as long', 'abc', 3, 'abc'],
  ['plain', 'abcdef', 4, 'abcd'],
  ['half of a pair', 'abc😀', 4, 'abc'],
  ['a letter and its accent', 'abce\u0301', 4, 'abc'],
  ['a family of seven code points', `ab${FAMILY}`, 7, 'ab'],
  ['a flag of two', 'a🇫🇷b', 3, 'a'],
  ['one after another', `${FAMILY}${FAMILY}`, FAMILY.length + 3, FAMILY],
  ['carriage return and line feed', 'ab\r\nc', 3, 'ab'],
])('a cut splits no character: %s', (_name, text, limit, begins) => {
  expect(beginningOf(text, limit)).toBe(begins);
});

test.each([
  ['fits', 'é'.repeat(10), 20, 10],
  ['two bytes a letter', 'é'.repeat(10), 19, 9],
  ['four bytes an emoji', '😀'.repeat(10), 11, 4],
  ['whole families only', FAMILY.repeat(3), 49, FAMILY.length],
])('by bytes of UTF-8: %s', (_name, text, limit, length) => {
  expect(beginningInBytes(text, limit)).toHaveLength(length);
});

test('a character longer than what is looked at is still cut between code points', () => {
  const tower = `a${'\u0301'.repeat(500)}`;
  expect(beginningOf(tower, 200)).toHaveLength(200);
  const emoji = `a${'\u{e0061}'.repeat(300)}`;
  for (const limit of [199, 200]) expect(isWellFormed(beginningOf(emoji, limit))).toBe(true);
});

test('any text: a beginning of it, never longer than asked, never half a pair, little lost', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), fc.integer({ min: 0, max: 300 }), (text, limit) => {
      const byUnits = beginningOf(text, limit);
      const byBytes = beginningInBytes(text, limit);
      expect(text.startsWith(byUnits) && text.startsWith(byBytes)).toBe(true);
      expect(byUnits.length).toBeLessThanOrEqual(limit);
      expect(Buffer.byteLength(byBytes)).toBeLessThanOrEqual(limit);
      expect(isWellFormed(byUnits) && isWellFormed(byBytes)).toBe(true);
      if (byUnits !== text) expect(limit - byUnits.length).toBeLessThanOrEqual(64);
    }),
  );
});
