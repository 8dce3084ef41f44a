'use client';

import { useRouter } from 'next/navigation';
import { startTransition } from 'react';
import { PageFailure } from '#components/shell/page-failure.tsx';

/** Below the header, which stays: the way to the other pages. What failed on the server is asked of it again. */
export default function CanvasError({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  const router = useRouter();
  const retry = () =>
    startTransition(() => {
      router.refresh();
      reset();
    });
  return <PageFailure digest={error.digest} onRetry={retry} />;
}
