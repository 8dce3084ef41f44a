'use client';

import { Button } from '#components/ui/button.tsx';

/** A page could not be made: what failed, what still works, and another try. */
export function PageFailure({ digest, onRetry }: { digest: string | undefined; onRetry: () => void }) {
  return (
    <main className="mx-auto grid max-w-md gap-3 px-5 py-24">
      <h1 className="text-xl font-semibold">This page could not be made</h1>
      <p className="text-soft">
        Your agents are not affected: they go on, and Canvas goes on listening to them. Only the drawing of this page failed.
      </p>
      {digest !== undefined && (
        <p className="text-xs text-faint">
          The log of the server has more under <code className="font-mono">{digest}</code>
        </p>
      )}
      <div>
        <Button onClick={onRetry}>Try again</Button>
      </div>
    </main>
  );
}
