'use client';

import { plainText } from '#components/ui/plain-text.ts';
import { WholeOnRequest } from '#components/ui/whole-on-request.tsx';
import { type Block, blocksOf } from './markdown-blocks.ts';
import type { Inline } from './markdown-inline.ts';

/**
 * An agent's Markdown, drawn from what was read of it: no HTML of its own, nothing that loads, nothing to press. A link
 * is its words and its address, both as text, so that nobody is led elsewhere than it says.
 */
export function SafeMarkdown({ text }: { text: string }) {
  return (
    <div dir="auto" className="grid gap-2.5 text-sm leading-5 wrap-anywhere">
      <WholeOnRequest text={text}>{(shown) => <Blocks blocks={blocksOf(shown)} />}</WholeOnRequest>
    </div>
  );
}

function Blocks({ blocks }: { blocks: readonly Block[] }) {
  // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one text have nothing else to tell them apart
  return blocks.map((block, at) => <BlockView key={at} block={block} />);
}

function BlockView({ block }: { block: Block }) {
  switch (block.kind) {
    case 'heading':
      return (
        <p className={block.level < 3 ? 'text-base font-semibold' : 'font-semibold'}>
          <Words pieces={block.inside} />
        </p>
      );
    case 'code':
      return (
        <pre
          // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it
          tabIndex={0}
          className="overflow-x-auto rounded-md bg-sunken p-3 font-mono text-xs leading-5"
        >
          {block.text.split('\n').map(plainText).join('\n')}
        </pre>
      );
    case 'quote':
      return (
        <blockquote className="grid gap-2 border-l-2 border-line-strong pl-3 text-soft">
          <Blocks blocks={block.inside} />
        </blockquote>
      );
    case 'list':
      return <ListView block={block} />;
    case 'table':
      return <TableView block={block} />;
    case 'rule':
      return <hr className="border-line" />;
    default:
      return (
        <p className="whitespace-pre-line">
          <Words pieces={block.inside} />
        </p>
      );
  }
}

function ListView({ block: { ordered, start, items } }: { block: Extract<Block, { kind: 'list' }> }) {
  const children = items.map((item, at) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one text have nothing else to tell them apart
    <li key={at} className="pl-1 *:not-first:mt-1.5">
      <Blocks blocks={item} />
    </li>
  ));
  return ordered ? (
    <ol start={start} className="grid list-decimal gap-1 pl-6">
      {children}
    </ol>
  ) : (
    <ul className="grid list-disc gap-1 pl-6">{children}</ul>
  );
}

function TableView({ block: { head, rows } }: { block: Extract<Block, { kind: 'table' }> }) {
  const cell = 'border border-line px-2 py-1 text-left align-top';
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it
    <section tabIndex={0} aria-label="Table" className="overflow-x-auto">
      <table className="border-collapse">
        <thead>
          <tr>
            {head.map((pieces, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one text have nothing else to tell them apart
              <th key={at} scope="col" className={`${cell} bg-sunken font-semibold`}>
                <Words pieces={pieces} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, n) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one text have nothing else to tell them apart
            <tr key={n}>
              {row.map((pieces, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one text have nothing else to tell them apart
                <td key={at} className={cell}>
                  <Words pieces={pieces} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Words({ pieces }: { pieces: readonly Inline[] }) {
  // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one text have nothing else to tell them apart
  return pieces.map((piece, at) => <Word key={at} piece={piece} />);
}

const lines = (text: string) => text.split('\n').map(plainText).join('\n');

function Word({ piece }: { piece: Inline }) {
  switch (piece.kind) {
    case 'text':
      return lines(piece.text);
    case 'code':
      return <code className="rounded bg-sunken px-1 font-mono text-xs">{lines(piece.text)}</code>;
    case 'strong':
      return (
        <strong className="font-semibold">
          <Words pieces={piece.inside} />
        </strong>
      );
    case 'em':
      return (
        <em>
          <Words pieces={piece.inside} />
        </em>
      );
    case 'del':
      return (
        <del>
          <Words pieces={piece.inside} />
        </del>
      );
    case 'link':
      return (
        <>
          <Words pieces={piece.inside} /> <Address address={piece.address} />
        </>
      );
    default:
      return (
        <>
          [picture: {lines(piece.text)}] <Address address={piece.address} />
        </>
      );
  }
}

function Address({ address }: { address: string }) {
  return (
    <span className="text-xs text-faint">
      (<span className="font-mono">{plainText(address)}</span>)
    </span>
  );
}
