'use client';

import Link from 'next/link';
import { formatCount } from './format-count.ts';

export interface ViewLink {
  key: string;
  label: string;
  href: string;
  /** How many are there; null: not known, or not worth a number. */
  count: number | null;
}

interface ViewLinksProps {
  label: string;
  views: readonly ViewLink[];
  current: string;
  /** Goes there without asking the server for a page; without it the link does. */
  onGo?: (key: string) => void;
}

/** The views of one page, each with its own address: links, so that they open in a tab and are in the browser's history. */
export function ViewLinks({ label, views, current, onGo }: ViewLinksProps) {
  return (
    <nav aria-label={label} className="flex min-w-0 gap-1 overflow-x-auto p-0.5">
      {views.map(({ key, label: name, href, count }) => (
        <Link
          key={key}
          href={href}
          prefetch={false}
          replace
          scroll={false}
          onNavigate={(event) => {
            if (onGo === undefined) return;
            event.preventDefault();
            onGo(key);
          }}
          {...(key === current ? { 'aria-current': 'page' } : {})}
          className="flex h-8 flex-none items-center gap-1.5 rounded-full border border-line bg-panel px-3 text-sm text-soft transition-colors hover:border-line-strong aria-[current]:border-accent aria-[current]:bg-accent/10 aria-[current]:text-text coarse:h-11"
        >
          {name}
          {count !== null && <b className="font-semibold text-text">{formatCount(count)}</b>}
        </Link>
      ))}
    </nav>
  );
}
