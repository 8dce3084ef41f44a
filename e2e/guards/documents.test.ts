import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { brokenMentions, type Project } from './document-mentions.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: Record<string, string> };

const inDocs = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' }).map((name) => join('docs', name));
const documents = ['README.md', ...inDocs.filter((name) => name.endsWith('.md'))];

function project(document: string): Project {
  return {
    exists: (path) => existsSync(join(ROOT, path)),
    linkExists: (target) => existsSync(resolve(ROOT, dirname(document), target)),
    hasScript: (name) => name in scripts,
    headings: (target) => headings(target === '' ? join(ROOT, document) : resolve(ROOT, dirname(document), target)),
  };
}

/** The anchors that GitHub makes of a document's headings. */
function headings(file: string): string[] {
  const lines = readFileSync(file, 'utf8').split('\n');
  const titles = lines.filter((line) => /^#+ /.test(line)).map((line) => line.replace(/^#+ /, ''));
  return titles.map((title) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

it.each(documents)('%s names only paths, links and commands that exist', (document) => {
  expect(brokenMentions(readFileSync(join(ROOT, document), 'utf8'), project(document))).toEqual([]);
});

describe('brokenMentions', () => {
  const empty: Project = { exists: () => false, linkExists: () => false, hasScript: () => false, headings: () => [] };

  it.each([
    ['a link', 'see [the guide](docs/gone.md)', 'docs/gone.md'],
    ['a picture', '![the page](docs/images/gone.png)', 'docs/images/gone.png'],
    ['a path in code', 'look at `lib/domain/gone.ts`', 'lib/domain/gone.ts'],
    ['a command', 'type `npm run gone`', 'npm run gone'],
    ['a command in a block', '```sh\nnpm run gone -- --flag\n```', 'npm run gone'],
  ])('finds %s that is gone', (_what, text, named) => {
    expect(brokenMentions(text, empty)).toEqual([named]);
  });

  it('finds an anchor that is gone', () => {
    const found = { ...empty, linkExists: () => true, headings: () => ['here'] };
    expect(brokenMentions('[a](x.md#gone) [b](x.md#here) [c](#gone)', found)).toEqual(['x.md#gone', '#gone']);
  });

  it('leaves addresses, wildcards and words alone', () => {
    expect(brokenMentions('[a](https://example.com/x) `lib/*/x.ts` `lib/<room>/x.ts` `npm ci` `and/or`', empty)).toEqual([]);
  });
});
