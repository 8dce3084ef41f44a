import type { ReactNode } from 'react';

/** One section of a page: a heading, what can be done about it, the matter. */
export function Panel({
  id,
  title,
  note,
  actions,
  children,
}: {
  id: string;
  title: string;
  note?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}) {
  return (
    <section aria-labelledby={id} className="grid min-w-0 content-start gap-3 rounded-lg border border-line bg-panel p-4">
      <header className="flex min-h-6 items-center gap-2">
        <h2 id={id} className="text-sm font-semibold">
          {title}
        </h2>
        {note !== undefined && <p className="min-w-0 truncate text-xs text-faint">{note}</p>}
        {actions !== undefined && <div className="ml-auto flex gap-1.5">{actions}</div>}
      </header>
      {children}
    </section>
  );
}
