import type { ReactNode } from 'react';

/** A named list of strips, one above the other, with what there is to say beside its heading. */
export function Strips({ id, title, note, children }: { id: string; title: string; note?: ReactNode; children: ReactNode }) {
  return (
    <section aria-labelledby={id} className="grid min-w-0 gap-2">
      <h2 id={id} className="flex items-baseline gap-2 text-sm font-semibold text-soft">
        {title}
        {note !== undefined && <small className="text-xs font-normal text-faint">{note}</small>}
      </h2>
      {children}
    </section>
  );
}

export function StripList({ children }: { children: ReactNode }) {
  return <ol className="overflow-hidden rounded-lg border border-line bg-panel">{children}</ol>;
}

const WIDTHS = ['w-40', 'w-56', 'w-32', 'w-48'];

/** The shape of strips that are on their way. */
export function StripsLoading({ what, count = 3 }: { what: string; count?: number }) {
  return (
    <div role="status" aria-label={`Loading ${what}`} className="rounded-lg border border-line bg-panel">
      {WIDTHS.slice(0, count).map((width) => (
        <div key={width} className="grid gap-2 border-t border-line px-4 py-3 first:border-t-0 md:grid-cols-[9rem_minmax(0,1fr)]">
          <span className="h-4 w-20 animate-pulse rounded bg-text/7" />
          <span className="grid gap-2">
            <span className={`h-4 animate-pulse rounded bg-text/7 ${width}`} />
            <span className="h-3 w-64 max-w-full animate-pulse rounded bg-text/5" />
          </span>
        </div>
      ))}
    </div>
  );
}

/** A place without anything in it: says so, and what leads on. */
export function NothingHere({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="grid justify-items-center gap-2 rounded-lg border border-dashed border-line-strong px-5 py-10 text-center">
      <p className="font-semibold">{title}</p>
      {children}
    </div>
  );
}
