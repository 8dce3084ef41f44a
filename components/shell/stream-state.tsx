'use client';

import type { ReactNode } from 'react';
import { useLiveMark } from './canvas-live.tsx';

/** Marks everything below as old while the connection is lost. One attribute: no card renders for it, the style sheet does the rest. */
export function StreamState({ children }: { children: ReactNode }) {
  return <div data-stream={useLiveMark()}>{children}</div>;
}
