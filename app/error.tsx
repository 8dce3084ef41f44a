'use client';

export default function PageError({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <main className="mx-auto grid max-w-md gap-3 px-5 py-24">
      <h1 className="text-xl font-semibold">This page could not be made</h1>
      <p className="text-soft">
        Your agents are not affected: they go on, and Canvas goes on listening to them. Only the drawing of this page failed.
      </p>
      {error.digest !== undefined && (
        <p className="text-xs text-faint">
          In the log under <code className="font-mono">{error.digest}</code>
        </p>
      )}
      <p>
        <button type="button" onClick={reset} className="h-9 rounded-md border border-line-strong bg-raise px-3 font-medium coarse:h-11">
          Try again
        </button>
      </p>
    </main>
  );
}
