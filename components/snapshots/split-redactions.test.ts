import fc from 'fast-check';
import { expect, test } from 'vitest';
import { splitRedactions } from './split-redactions.ts';

test('parts plain text from markers, wherever they stand', () => {
  expect(splitRedactions('a [REDACTED:TOKEN] b[REDACTED:API_KEY]')).toEqual([
    { at: 0, text: 'a ', redacted: null },
    { at: 2, text: '[REDACTED:TOKEN]', redacted: 'TOKEN' },
    { at: 18, text: ' b', redacted: null },
    { at: 20, text: '[REDACTED:API_KEY]', redacted: 'API_KEY' },
  ]);
  expect(splitRedactions('')).toEqual([]);
  expect(splitRedactions('[REDACTED:]')).toEqual([{ at: 0, text: '[REDACTED:]', redacted: null }]);
  expect(splitRedactions('[REDACTED:<b>x</b>]')).toHaveLength(1);
});

test('loses and adds nothing, whatever the text is', () => {
  const piece = fc.oneof(fc.string(), fc.constant('[REDACTED:TOKEN]'), fc.constant('[REDACTED:'), fc.constant(']'));
  fc.assert(
    fc.property(fc.array(piece), (parts) => {
      const text = parts.join('');
      expect(
        splitRedactions(text)
          .map((one) => one.text)
          .join(''),
      ).toBe(text);
    }),
  );
});
