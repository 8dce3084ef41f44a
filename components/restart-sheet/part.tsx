import type { ReactNode } from 'react';

/** One section of the sheet. */
export function Part({ id, title, note, children }: { id: string; title: string; note?: ReactNode; children: ReactNode }) {
  return (
    <section aria-labelledby={`sheet-${id}`} className="grid min-w-0 gap-2">
      <h3 id={`sheet-${id}`} className="flex flex-wrap items-baseline gap-x-2 text-sm font-semibold">
        {title}
        {note !== undefined && <small className="text-xs font-normal text-faint">{note}</small>}
      </h3>
      {children}
    </section>
  );
}

/** Rows in a frame: what, and when at the end. */
export function PartList({ children }: { children: ReactNode }) {
  return <ul className="overflow-hidden rounded-md border border-line text-sm">{children}</ul>;
}

export function PartRow({ quiet = false, end, children }: { quiet?: boolean; end?: ReactNode; children: ReactNode }) {
  return (
    <li className={`flex min-w-0 items-baseline gap-3 border-t border-line px-3 py-2 first:border-t-0 ${quiet ? 'text-faint' : ''}`}>
      <span className="clamp-2 min-w-0 flex-1 wrap-anywhere" dir="auto">
        {children}
      </span>
      {end !== undefined && <span className="flex-none text-xs text-faint">{end}</span>}
    </li>
  );
}

const WIDTHS = ['w-2/3', 'w-1/2', 'w-3/4', 'w-2/5'];

/** The shape of a section that is on its way. */
export function PartLoading({ what, rows }: { what: string; rows: number }) {
  return (
    <div role="status" aria-label={`Loading ${what}`} className="grid gap-2.5 rounded-md border border-line p-3">
      {WIDTHS.slice(0, rows).map((width) => (
        <span key={width} className={`h-4 animate-pulse rounded bg-text/7 ${width}`} />
      ))}
    </div>
  );
}
