import type { ReactNode } from 'react';
import type { ShownState } from '#lib/contract/workspace-status.ts';

const RING = { fill: 'none', stroke: 'currentColor', strokeWidth: 1.8 } as const;

/** Twelve units square each; told apart without colour. */
const SHAPES: Record<ShownState, ReactNode> = {
  online: <circle cx="6" cy="6" r="4.5" />,
  degraded: <path d="M6 .8 11.6 11H.4z" />,
  wedged: <path d="M3.7.5h4.6l3.2 3.2v4.6l-3.2 3.2H3.7L.5 8.3V3.7z" />,
  offline: <rect x="1.5" y="1.5" width="9" height="9" rx="1" />,
  failed: <path d="M2.6.9 6 4.3 9.4.9l1.7 1.7L7.7 6l3.4 3.4-1.7 1.7L6 7.7l-3.4 3.4L.9 9.4 4.3 6 .9 2.6z" />,
  token_rejected: (
    <g {...RING}>
      <circle cx="6" cy="6" r="4.6" />
      <path d="m2.8 9.2 6.4-6.4" />
    </g>
  ),
  late: (
    <g {...RING}>
      <circle cx="6" cy="6" r="4.6" />
      <path d="M6 3.2V6l1.9 1.3" />
    </g>
  ),
  draining: <circle {...RING} cx="6" cy="6" r="4.6" strokeDasharray="21 8" strokeDashoffset="-4" />,
  restarting: (
    <g {...RING}>
      <path d="M10.4 4.6A4.6 4.6 0 1 0 10.6 6" />
      <path d="M10.8 1.6v3.2H7.6" />
    </g>
  ),
  provisioning: <circle {...RING} cx="6" cy="6" r="4.6" strokeDasharray="2.6 2.2" />,
  awaiting_agent: (
    <g>
      <circle {...RING} cx="6" cy="6" r="4.6" strokeDasharray="1.2 1.7" />
      <circle cx="6" cy="6" r="1.5" />
    </g>
  ),
  paused: <path d="M2.5 1.5h2.4v9H2.5zM7.1 1.5h2.4v9H7.1z" />,
};

export function StatusShape({ state }: { state: ShownState }) {
  return (
    <svg className="size-[11px] flex-none fill-current text-tone" viewBox="0 0 12 12" aria-hidden="true">
      {SHAPES[state]}
    </svg>
  );
}
