'use client';

import { CopyButton } from '#components/ui/copy-button.tsx';
import { RedactedLines } from './redacted-lines.tsx';

/** A whole text of an agent, as it is: set apart, marked as its words, never more than text. */
export function AgentWords({ by, text, note }: { by: string; text: string; note?: string }) {
  return (
    <figure className="grid min-w-0 gap-1.5">
      <blockquote
        aria-label={`Words of ${by}`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it
        tabIndex={0}
        className="max-h-128 overflow-auto rounded-md border-l-2 border-line-strong bg-sunken px-3 py-2 text-sm leading-5 wrap-anywhere whitespace-pre-wrap"
        dir="auto"
      >
        <RedactedLines text={text} />
      </blockquote>
      <figcaption className="flex items-center gap-2 text-xs text-faint">
        <span className="min-w-0 truncate">
          words of <bdi>{by}</bdi>, shown as text{note === undefined ? '' : ` · ${note}`}
        </span>
        <span className="ml-auto flex-none">
          <CopyButton text={text} />
        </span>
      </figcaption>
    </figure>
  );
}
