'use client';

import { useLayoutEffect, useRef } from 'react';
import { formatCount } from '#components/ui/format-count.ts';
import { RedactedText } from './redacted-text.tsx';

/** The end of a conversation as it was saved, the newest line in sight. */
export function TranscriptLines({ lines, dropped }: { lines: readonly string[]; dropped: number }) {
  const box = useRef<HTMLOListElement>(null);
  useLayoutEffect(() => {
    if (box.current !== null) box.current.scrollTop = box.current.scrollHeight;
  }, []);
  if (lines.length === 0) return <p className="text-sm text-faint">No line of a transcript is in it.</p>;
  return (
    <ol
      ref={box}
      aria-label="Transcript"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it
      tabIndex={0}
      className="max-h-80 overflow-y-auto rounded-md border border-line bg-sunken px-3 py-2 font-mono text-xs leading-5"
    >
      {dropped > 0 && <li className="text-faint">… {formatCount(dropped)} older lines were left out to keep it small</li>}
      {lines.map((line, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a saved transcript does not change, and lines may be alike
        <li key={i} className="wrap-anywhere" dir="auto">
          <RedactedText text={line} />
        </li>
      ))}
    </ol>
  );
}
