'use client';

import { type ReactNode, useState } from 'react';
import { Button } from './button.tsx';
import { formatBytes } from './format-bytes.ts';

/** What a person reads, and a server draws in a moment. */
const SHOWN_CHARS = 64 * 1024;

/** Draws the beginning of a very long text, and all of it when that is asked for. */
export function WholeOnRequest({ text, children }: { text: string; children: (shown: string) => ReactNode }) {
  const [all, setAll] = useState(false);
  if (all || text.length <= SHOWN_CHARS) return children(text);
  // Half a character at the end is left out.
  const shown = text.slice(0, SHOWN_CHARS).replace(/[\ud800-\udbff]$/, '');
  return (
    <>
      {children(shown)}
      {' … '}
      <span className="justify-self-start">
        <Button small onClick={() => setAll(true)}>
          Show the other {formatBytes(text.length - shown.length)}
        </Button>
      </span>
    </>
  );
}
