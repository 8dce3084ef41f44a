import { expect, test } from 'vitest';
import { headingAnchors, relativeLinks } from './markdown-links.ts';

test('relative links are found by line; other sites, mail and code are not links to check', () => {
  const text = [
    'See [a](a.md) and [b](<b c.md>) ',
    '[site](https://x.example) [mail](mailto:a@b.c) [x](//x)',
    '`[code](c.md)`',
    '```',
    '[block](d.md)',
    '```',
    '![image](i.png "title") [here](#top)',
  ].join('\n');
  expect(relativeLinks(text)).toEqual([
    { line: 1, target: 'a.md' },
    { line: 1, target: 'b c.md' },
    { line: 7, target: 'i.png' },
    { line: 7, target: '#top' },
  ]);
});

test('headings make anchors as renderers do', () => {
  expect([...headingAnchors('# One, two!\n## `Code` here\n## One two\n## One two\n```\n# no heading\n```')]).toEqual([
    'one-two',
    'code-here',
    'one-two-1',
    'one-two-2',
  ]);
});
