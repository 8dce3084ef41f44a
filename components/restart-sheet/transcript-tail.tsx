'use client';

import { useState } from 'react';
import { counted } from '#components/restarts/run-words.ts';
import { RedactedText } from '#components/snapshots/redacted-text.tsx';

const TAIL = 6;

/** The end of a transcript as it will be saved; all of it on demand. */
export function TranscriptTail({ lines, dropped }: { lines: readonly string[]; dropped: number }) {
  const [all, setAll] = useState(false);
  if (lines.length === 0) return null;
  const from = all ? 0 : Math.max(0, lines.length - TAIL);
  const shown = lines.slice(from);
  return (
    <div className="rounded-md border border-line bg-bg font-mono text-xs leading-5">
      {lines.length > TAIL && (
        <button
          type="button"
          aria-expanded={all}
          className="block w-full px-3 pt-2 text-left text-faint hover:text-text coarse:min-h-11"
          onClick={() => setAll(!all)}
        >
          {all ? 'Show only the end' : `… ${counted(from, 'earlier line')}`}
        </button>
      )}
      <section
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard
        tabIndex={0}
        aria-label="End of the transcript"
        className="max-h-64 overflow-y-auto px-3 py-2 text-soft"
      >
        <ol>
          {shown.map((line, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines have no name but their place, and equal ones are common
            <li key={from + at} className={`whitespace-pre-wrap wrap-anywhere ${all ? '' : 'clamp-3'}`} dir="auto">
              <RedactedText text={line} />
            </li>
          ))}
        </ol>
        {dropped > 0 && <p className="text-faint">— {counted(dropped, 'piece')} of sandbox output left out —</p>}
      </section>
    </div>
  );
}
