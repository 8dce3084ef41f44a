import { type Inline, inlineOf } from './markdown-inline.ts';

export type Block =
  | { kind: 'paragraph'; inside: Inline[] }
  | { kind: 'heading'; level: number; inside: Inline[] }
  | { kind: 'code'; text: string; language: string }
  | { kind: 'quote'; inside: Block[] }
  | { kind: 'list'; ordered: boolean; start: number; items: Block[][] }
  | { kind: 'table'; head: Inline[][]; rows: Inline[][][] }
  | { kind: 'rule' };

const DEEPEST = 6;
const FENCE = /^ {0,3}(`{3,}|~{3,})[ \t]{0,3}([\w+#.-]{0,40})[^`]*$/;
const HEADING = /^ {0,3}(#{1,6})(?:[ \t](.*))?$/;
const RULE = /^ {0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$/;
const ITEM = /^( {0,3})(?:([-*+])|(\d{1,9})[.)])(?:[ \t]+|$)(.*)$/;
const QUOTE = /^ {0,3}> ?(.*)$/;
const TABLE_RULE = /^ {0,3}\|?(?:[ \t]*:?-+:?[ \t]*\|)+(?:[ \t]*:?-+:?[ \t]*)?$/;

/** Reads the usual part of Markdown: headings, paragraphs, lists, quotes, code, tables. HTML has no meaning: it is text. */
export function blocksOf(source: string): Block[] {
  return read(source.replace(/\r\n?/g, '\n').split('\n'), 0);
}

function read(lines: readonly string[], depth: number): Block[] {
  const blocks: Block[] = [];
  let words: string[] = [];
  const close = () => {
    if (words.length > 0) blocks.push({ kind: 'paragraph', inside: inlineOf(words.join('\n')) });
    words = [];
  };
  for (let at = 0; at < lines.length; ) {
    const found = blockAt(lines, at, depth, words.length > 0);
    if (found !== null) {
      close();
      if (found.block !== null) blocks.push(found.block);
      at = found.end;
    } else {
      words.push((lines[at] as string).trim());
      at += 1;
    }
  }
  close();
  return blocks;
}

interface Found {
  /** Null: an empty line. */
  block: Block | null;
  end: number;
}

/** Null: a line of a paragraph. `within` one, less begins a block: only what may follow it without an empty line between. */
function blockAt(lines: readonly string[], at: number, depth: number, within: boolean): Found | null {
  const line = lines[at] as string;
  if (line.trim() === '') return { block: null, end: at + 1 };
  if (FENCE.test(line)) return codeAt(lines, at);
  const heading = HEADING.exec(line);
  if (heading) return one({ kind: 'heading', level: heading[1]?.length ?? 1, inside: inlineOf(titleOf(heading[2] ?? '')) }, at);
  if (RULE.test(line)) return one({ kind: 'rule' }, at);
  if (depth < DEEPEST && QUOTE.test(line)) return quoteAt(lines, at, depth);
  if (depth < DEEPEST && ITEM.test(line) && !(within && isLateNumber(line))) return listAt(lines, at, depth);
  return line.includes('|') && TABLE_RULE.test(lines[at + 1] ?? '') ? tableAt(lines, at) : null;
}

/** Without the marks that may close a heading. */
function titleOf(text: string): string {
  const title = text.trim();
  let end = title.length;
  while (title[end - 1] === '#') end -= 1;
  return end === 0 || /\s/.test(title[end - 1] ?? '') ? title.slice(0, end).trimEnd() : title;
}

const one = (block: Block, at: number): Found => ({ block, end: at + 1 });

/** A number that begins a line of a paragraph is rarely a list: "… in\n1986. What …". */
function isLateNumber(line: string): boolean {
  const number = ITEM.exec(line)?.[3];
  return number !== undefined && Number(number) !== 1;
}

function codeAt(lines: readonly string[], at: number): Found {
  const [, fence = '```', language = ''] = FENCE.exec(lines[at] as string) ?? [];
  const text: string[] = [];
  let end = at + 1;
  for (; end < lines.length; end++) {
    const line = (lines[end] as string).trim();
    if (line.length >= fence.length && line === (fence[0] as string).repeat(line.length)) break;
    text.push(lines[end] as string);
  }
  return { block: { kind: 'code', text: text.join('\n'), language }, end: end + 1 };
}

function quoteAt(lines: readonly string[], at: number, depth: number): Found {
  const inside: string[] = [];
  let end = at;
  for (let quoted = QUOTE.exec(lines[end] ?? ''); quoted !== null; quoted = QUOTE.exec(lines[end] ?? '')) {
    inside.push(quoted[1] ?? '');
    end += 1;
  }
  return { block: { kind: 'quote', inside: read(inside, depth + 1) }, end };
}

function listAt(lines: readonly string[], at: number, depth: number): Found {
  const first = ITEM.exec(lines[at] as string);
  const ordered = first?.[3] !== undefined;
  const items: string[][] = [];
  let end = at;
  let indent = 0;
  for (; end < lines.length; end++) {
    const line = lines[end] as string;
    const item = ITEM.exec(line);
    const deeper = items.length > 0 && line.length - line.trimStart().length >= indent;
    if (item !== null && !deeper && (item[3] !== undefined) === ordered) {
      indent = line.length - (item[4] ?? '').length;
      items.push([item[4] ?? '']);
    } else if (deeper || (line.trim() === '' && continues(lines[end + 1], indent))) items.at(-1)?.push(line.slice(indent));
    else break;
  }
  const start = ordered ? Number(first?.[3]) : 1;
  return { block: { kind: 'list', ordered, start, items: items.map((inside) => read(inside, depth + 1)) }, end };
}

const continues = (line: string | undefined, indent: number) =>
  line !== undefined && line.trim() !== '' && (line.length - line.trimStart().length >= indent || ITEM.test(line));

function tableAt(lines: readonly string[], at: number): Found {
  const head = cells(lines[at] as string);
  const rows: Inline[][][] = [];
  let end = at + 2;
  for (; end < lines.length && (lines[end] as string).includes('|'); end++) {
    const row = cells(lines[end] as string);
    rows.push(head.map((_, n) => row[n] ?? []));
  }
  return { block: { kind: 'table', head, rows }, end };
}

function cells(line: string): Inline[][] {
  const inner = line
    .trim()
    .replace(/^\|/, '')
    .replace(/(?<!\\)\|$/, '');
  return inner.split(/(?<!\\)\|/).map((cell) => inlineOf(cell.trim().replaceAll('\\|', '|')));
}
