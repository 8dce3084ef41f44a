'use client';

import './globals.css';

export default function GlobalError({ reset }: { error: Error; reset: () => void }) {
  return (
    <html lang="en">
      <body>
        <main className="mx-auto grid max-w-md gap-3 px-5 py-24">
          <h1 className="text-xl font-semibold">Canvas could not show any page</h1>
          <p className="text-soft">Your agents are not affected. Try again; if it stays so, the log of the Canvas server says why.</p>
          <p>
            <button type="button" onClick={reset} className="h-9 rounded-md border border-line-strong bg-raise px-3 font-medium">
              Try again
            </button>
          </p>
        </main>
      </body>
    </html>
  );
}
