'use client';

import { useLinkStatus } from 'next/link';

/** Inside a link: a line along its box while the page it leads to is on its way. It takes no room. */
export function LinkPending() {
  const { pending } = useLinkStatus();
  if (!pending) return null;
  return <span aria-hidden="true" className="absolute inset-x-3 top-0 h-0.5 animate-pulse rounded-full bg-accent" />;
}
