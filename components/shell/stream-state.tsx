'use client';

import type { ReactNode } from 'react';
import { useCaughtUp, useLiveMark } from './canvas-live.tsx';

/**
 * Marks everything below as old while the connection is lost, and as caught up when only the stream can tell of something
 * new. Two attributes: no card renders for them, the style sheet does the rest.
 */
export function StreamState({ children }: { children: ReactNode }) {
  return (
    <div data-stream={useLiveMark()} data-caught-up={useCaughtUp()}>
      {children}
    </div>
  );
}
