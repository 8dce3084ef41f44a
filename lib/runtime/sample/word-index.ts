/** Which words stand in which lines of which documents. Plain JSON, kept in a file that the searcher reads too. */
export interface WordIndex {
  documents: { path: string; lines: string[] }[];
  /** Per word, `document:line` numbers. */
  words: Record<string, [number, number][]>;
}

export interface Hit {
  path: string;
  line: number;
  text: string;
  score: number;
}

export function emptyIndex(): WordIndex {
  return { documents: [], words: Object.create(null) as WordIndex['words'] };
}

export function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/\p{L}[\p{L}\p{N}_]{2,}/gu) ?? [];
}

export function addDocument(index: WordIndex, path: string, text: string): void {
  const lines = text.split('\n');
  const document = index.documents.push({ path, lines }) - 1;
  for (const [line, content] of lines.entries()) {
    for (const word of new Set(wordsOf(content))) {
      index.words[word] ??= [];
      index.words[word].push([document, line]);
    }
  }
}

/** The best lines for a query; a rarer word weighs more. */
export function searchIndex(index: WordIndex, query: string, limit = 5): Hit[] {
  const scores = new Map<string, Hit>();
  for (const word of new Set(wordsOf(query))) {
    const places = Object.hasOwn(index.words, word) ? (index.words[word] ?? []) : [];
    for (const [document, line] of places) {
      const source = index.documents[document];
      if (source === undefined) continue;
      const key = `${document}:${line}`;
      const hit = scores.get(key) ?? { path: source.path, line: line + 1, text: (source.lines[line] ?? '').trim(), score: 0 };
      hit.score += 1 / Math.log2(2 + places.length);
      scores.set(key, hit);
    }
  }
  return [...scores.values()].sort((a, b) => b.score - a.score || a.path.localeCompare(b.path) || a.line - b.line).slice(0, limit);
}
