import type { MinuteLetter } from '#lib/contract/workspace-status.ts';

/** One path per colour, drawn in a 300 × 20 box: bar `i` begins at 5·i and is 3 wide. */
export interface BarPath {
  tone: 'ok' | 'warn' | 'bad' | 'drain' | 'off' | 'none';
  d: string;
}

const LOOK: Record<MinuteLetter, { tone: BarPath['tone']; height: number }> = {
  '.': { tone: 'none', height: 2 },
  p: { tone: 'off', height: 6 },
  o: { tone: 'ok', height: 14 },
  r: { tone: 'drain', height: 14 },
  e: { tone: 'warn', height: 16 },
  l: { tone: 'warn', height: 10 },
  d: { tone: 'warn', height: 20 },
  w: { tone: 'bad', height: 20 },
  x: { tone: 'off', height: 4 },
};

export function barPaths(letters: string): BarPath[] {
  const paths = new Map<BarPath['tone'], string>();
  for (let i = 0; i < letters.length; i++) {
    const look = LOOK[letters.charAt(i) as MinuteLetter] ?? LOOK['.'];
    const bar = `M${i * 5} ${20 - look.height}h3v${look.height}h-3z`;
    paths.set(look.tone, (paths.get(look.tone) ?? '') + bar);
  }
  return [...paths].map(([tone, d]) => ({ tone, d }));
}

const WORD: Record<MinuteLetter, string> = {
  '.': 'unknown',
  p: 'paused',
  o: 'fine',
  r: 'draining or restarting',
  e: 'with some errors',
  l: 'late',
  d: 'degraded',
  w: 'wedged',
  x: 'offline',
};

/** The hour in words, for those who cannot see it: "Last hour: 55 min fine, 5 min wedged". */
export function barsInWords(letters: string): string {
  const counts = new Map<string, number>();
  for (const letter of letters) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  const parts = [...counts].sort((a, b) => b[1] - a[1]).map(([letter, n]) => `${n} min ${WORD[letter as MinuteLetter] ?? 'unknown'}`);
  return `Last hour: ${parts.join(', ')}`;
}
