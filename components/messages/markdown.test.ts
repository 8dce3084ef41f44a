import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Block, blocksOf } from './markdown-blocks.ts';
import { type Inline, inlineOf } from './markdown-inline.ts';

/** Marks as tags, to read them at a glance. */
function shown(pieces: Inline[]): string {
  return pieces
    .map((piece) => {
      if (piece.kind === 'text') return piece.text;
      if (piece.kind === 'code') return `<code>${piece.text}</code>`;
      if (piece.kind === 'image') return `<image ${piece.text}|${piece.address}>`;
      if (piece.kind === 'link') return `<link ${shown(piece.inside)}|${piece.address}>`;
      return `<${piece.kind}>${shown(piece.inside)}</${piece.kind}>`;
    })
    .join('');
}

function outline(block: Block): unknown {
  switch (block.kind) {
    case 'paragraph':
      return shown(block.inside);
    case 'heading':
      return `h${block.level} ${shown(block.inside)}`;
    case 'code':
      return `code(${block.language}) ${block.text}`;
    case 'quote':
      return { quote: block.inside.map(outline) };
    case 'list':
      return { [block.ordered ? `from ${block.start}` : 'list']: block.items.map((item) => item.map(outline)) };
    case 'table':
      return { table: [block.head, ...block.rows].map((row) => row.map(shown).join(' | ')) };
    default:
      return '---';
  }
}

describe('inlineOf', () => {
  it.each([
    ['plain', 'plain'],
    ['**bold** and *light* and ~~gone~~', '<strong>bold</strong> and <em>light</em> and <del>gone</del>'],
    ['**bold with *light* in it**', '<strong>bold with <em>light</em> in it</strong>'],
    ['snake_case_name and __init__', 'snake_case_name and <strong>init</strong>'],
    ['a_b_ is a name', 'a_b_ is a name'],
    ['2 * 3 * 4 and **not closed', '2 * 3 * 4 and **not closed'],
    ['`code *as is*` and ``a ` tick``', '<code>code *as is*</code> and <code>a ` tick</code>'],
    ['an `open tick', 'an `open tick'],
    ['[words](https://example.test/a)', '<link words|https://example.test/a>'],
    ['[**bold** words](javascript:alert(1))', '[<strong>bold</strong> words](javascript:alert(1))'],
    ['[x](javascript:alert)', '<link x|javascript:alert>'],
    ['![a picture](https://example.test/x.png)', '<image a picture|https://example.test/x.png>'],
    ['<script>alert(1)</script> <img src=x>', '<script>alert(1)</script> <img src=x>'],
    ['\\*stars\\* and \\d', '*stars* and \\d'],
  ])('%s', (source, expected) => {
    expect(shown(inlineOf(source))).toBe(expected);
  });
});

describe('blocksOf', () => {
  it.each<[string, unknown[]]>([
    ['# Title #\nwords\nmore', ['h1 Title', 'words\nmore']],
    ['one\n\ntwo\n---\n***', ['one', 'two', '---', '---']],
    ['```ts\nconst a = `1`;\n  **x**\n```\nafter', ['code(ts) const a = `1`;\n  **x**', 'after']],
    ['~~~\nnever closed', ['code() never closed']],
    ['- a\n- b\n  - c\n\n  more b\n- d', [{ list: [['a'], ['b', { list: [['c']] }, 'more b'], ['d']] }]],
    ['3. three\n4. four', [{ 'from 3': [['three'], ['four']] }]],
    ['In\n1986. What?', ['In\n1986. What?']],
    ['> quoted\n> - x\nnot', [{ quote: ['quoted', { list: [['x']] }] }, 'not']],
    ['| a | b |\n|---|:-:|\n| 1 | `x` |\n| 2 |', [{ table: ['a | b', '1 | <code>x</code>', '2 | '] }]],
  ])('%j', (source, expected) => {
    expect(blocksOf(source).map(outline)).toEqual(expected);
  });

  it('loses no word of what it is given', () => {
    const line = fc.stringMatching(/^[ #>*_`~|\-\d.[\]()!\\a-z]{0,30}$/);
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
        const source = lines.join('\n');
        const kept = JSON.stringify(blocksOf(source));
        for (const [word] of source.matchAll(/[a-z]{2,}/g)) expect(kept).toContain(word);
      }),
    );
  });

  it.each([
    ['stars', '*a '.repeat(20_000)],
    ['unclosed marks', '**'.repeat(30_000)],
    ['brackets', '['.repeat(60_000)],
    ['ticks', '` `` '.repeat(12_000)],
    ['quotes', `${'>'.repeat(30_000)} deep`],
    ['lists', '- '.repeat(30_000)],
    ['pipes', `${'|'.repeat(30_000)}\n${'|-'.repeat(15_000)}|\n${'|x'.repeat(15_000)}`],
    ['a heading of spaces', `# ${' '.repeat(60_000)}x ${'#'.repeat(500)} y`],
    ['a fence of spaces', `${'`'.repeat(3)}${' '.repeat(60_000)}${'`'.repeat(2)}`],
    ['numbers that begin no list', `words\n${'2. x\n'.repeat(30_000)}`],
    ['rules', `${'- '.repeat(30_000)}x`],
  ])('stands much of %s', (_, text) => {
    expect(blocksOf(text).length).toBeGreaterThan(0);
  });
});
