import type { ReactNode } from 'react';

/** A page with one thing to do. */
export function NarrowPage({ title, children }: { title: string; children: ReactNode }) {
  return (
    <main className="mx-auto grid w-[min(24rem,calc(100vw-2rem))] gap-5 py-[12vh]">
      <p className="flex items-center gap-2 font-semibold tracking-tight">
        <span aria-hidden="true" className="block size-3.5 rounded border-2 border-accent" />
        Canvas
      </p>
      <div className="grid gap-5 rounded-lg border border-line bg-panel p-6">
        <h1 className="text-xl font-semibold">{title}</h1>
        {children}
      </div>
    </main>
  );
}
