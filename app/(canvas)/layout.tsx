import { connection } from 'next/server';
import type { ReactNode } from 'react';
import { CanvasLiveProvider } from '#components/shell/canvas-live.tsx';

/** Everything live shares one copy of the fleet and one stream, kept while the person goes from page to page. */
export default async function CanvasLayout({ children }: { children: ReactNode }) {
  await connection();
  return <CanvasLiveProvider serverNow={Date.now()}>{children}</CanvasLiveProvider>;
}
