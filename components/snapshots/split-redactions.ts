const MARKER = /\[REDACTED:([A-Z0-9_]{1,40})\]/g;

export interface TextPiece {
  /** Where it begins in the whole text. */
  at: number;
  text: string;
  /** What was taken out here; null: plain text. */
  redacted: string | null;
}

/** Text as its plain pieces and the markers of secrets that were taken out. Put together again it is the same text. */
export function splitRedactions(text: string): TextPiece[] {
  const pieces: TextPiece[] = [];
  let from = 0;
  for (const match of text.matchAll(MARKER)) {
    if (match.index > from) pieces.push({ at: from, text: text.slice(from, match.index), redacted: null });
    pieces.push({ at: match.index, text: match[0], redacted: match[1] ?? '' });
    from = match.index + match[0].length;
  }
  if (from < text.length) pieces.push({ at: from, text: text.slice(from), redacted: null });
  return pieces;
}
