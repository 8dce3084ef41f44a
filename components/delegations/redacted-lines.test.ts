import { createElement } from 'react';
import { renderToStaticMarkup, renderToString } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { RedactedLines } from './redacted-lines.tsx';

const drawn = (text: string) => renderToStaticMarkup(createElement(RedactedLines, { text }));

describe('RedactedLines', () => {
  it('keeps the lines, takes out what hides, and sets apart what was taken out of it', () => {
    expect(drawn('one\r\ntwo\u202E <b>')).toBe('one\ntwo &lt;b&gt;');
    expect(drawn('key: [REDACTED:API_KEY]\nend')).toMatch(/^key: <mark [^>]*>\[REDACTED:API_KEY\]<\/mark>\nend$/);
  });

  it('draws the beginning of a very long text, whatever is in it, and offers the rest', () => {
    const long = drawn('a\n'.repeat(500_000));
    expect(long.length).toBeLessThan(70_000);
    expect(long).toMatch(/Show the other [\d.,]+ KB<\/button><\/span>$/);
    // One text, not one for each line: React sets texts that follow each other apart by comments.
    expect(renderToString(createElement(RedactedLines, { text: 'a\nb\nc' }))).toBe('a\nb\nc');
    expect(drawn(`${'a'.repeat(64 * 1024 - 1)}\u{1F600}`)).not.toContain('\uFFFD');
  });
});
