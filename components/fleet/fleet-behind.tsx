'use client';

import { Button } from '#components/ui/button.tsx';
import { formatCount } from '#components/ui/format-count.ts';
import { plainText } from '#components/ui/plain-text.ts';

/** The list could not be fetched: says how much of it is here, and that what is here is still true. */
export function FleetBehind({
  error,
  shown,
  total,
  complete,
  onRetry,
}: {
  error: Error;
  shown: number;
  total: number;
  complete: boolean;
  onRetry: () => void;
}) {
  return (
    <div
      role="alert"
      data-tone="warn"
      className="flex flex-wrap items-center gap-x-4 gap-y-2 rounded-lg border border-tone/50 bg-tint px-4 py-2.5 text-sm"
    >
      <p className="min-w-60 flex-1">
        {complete
          ? 'The fleet could not be brought up to date.'
          : `Only the first ${formatCount(shown)} of ${formatCount(total)} are here; the others could not be fetched.`}{' '}
        {plainText(error.message)} <span className="text-soft">What you see stays live.</span>
      </p>
      <Button small onClick={onRetry}>
        Try again
      </Button>
    </div>
  );
}
