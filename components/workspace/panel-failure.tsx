'use client';

import { Button } from '#components/ui/button.tsx';
import { plainText } from '#components/ui/plain-text.ts';

/** One part could not be fetched: says what failed and offers another try; the rest of the page stays. */
export function PanelFailure({ what, error, onRetry }: { what: string; error: Error; onRetry: () => void }) {
  return (
    <div role="alert" className="flex flex-wrap items-center gap-3 rounded-md bg-bad/8 px-3 py-2 text-sm">
      <p className="min-w-0 flex-1">
        {what} could not be brought up to date. {plainText(error.message)}
      </p>
      <Button small onClick={onRetry}>
        Try again
      </Button>
    </div>
  );
}
