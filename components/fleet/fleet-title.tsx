'use client';

import { useEffect } from 'react';
import { NEEDS_PERSON, SHOWN_STATES, type ShownState } from '#lib/contract/workspace-status.ts';

/** "(3) Canvas" in the tab, so that a glance at it is enough. */
export function FleetTitle({ counts }: { counts: Record<ShownState, number> }) {
  const needs = SHOWN_STATES.reduce((sum, state) => sum + (NEEDS_PERSON[state] ? counts[state] : 0), 0);
  useEffect(() => {
    document.title = needs > 0 ? `(${needs}) Canvas` : 'Canvas';
  }, [needs]);
  return null;
}
