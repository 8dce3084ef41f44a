import type { ReactNode } from 'react';
import type { InboxItem } from '#lib/contract/inbox.ts';
import type { Severity } from '#lib/contract/incidents.ts';
import { SEVERITY_LABEL, SEVERITY_TONE } from './inbox-words.ts';

const LINE = { fill: 'none', stroke: 'currentColor', strokeWidth: 1.8 } as const;

/** Twelve units square each; told apart without colour. */
const SHAPES: Record<Severity | 'over', ReactNode> = {
  critical: <path d="M3.7.5h4.6l3.2 3.2v4.6l-3.2 3.2H3.7L.5 8.3V3.7z" />,
  warning: <path d="M6 .8 11.6 11H.4z" />,
  info: <path {...LINE} d="M1.4 2h9.2v6.4H6L3.2 10.8V8.4H1.4z" strokeLinejoin="round" />,
  over: <path {...LINE} d="m1.2 6.6 3 3L10.8 2.6" />,
};

/** How bad it is, or that it is over: colour, shape and word. */
export function SeverityMark({ item, wordless = false }: { item: Pick<InboxItem, 'severity' | 'closed_at'>; wordless?: boolean }) {
  const over = item.closed_at !== null;
  const word = over ? 'Over' : SEVERITY_LABEL[item.severity];
  return (
    <span
      data-tone={over ? 'off' : SEVERITY_TONE[item.severity]}
      className="inline-flex flex-none items-center gap-1.5 text-xs font-medium text-tone"
    >
      <svg className="size-[11px] flex-none fill-current" viewBox="0 0 12 12" aria-hidden="true">
        {SHAPES[over ? 'over' : item.severity]}
      </svg>
      <span className={wordless ? 'sr-only' : ''}>{word}</span>
    </span>
  );
}
