'use client';

import { useState } from 'react';
import type { InboxItem, IncidentDetail } from '#lib/contract/inbox.ts';
import { OpenIncident } from './open-incident.tsx';

interface IncidentSideProps {
  open: string | null;
  initial: IncidentDetail | null;
  onClose: () => void;
  onRead: (item: InboxItem) => void;
  onMute: (item: InboxItem) => void;
  onAssign: (item: InboxItem) => void;
}

/** Beside the list, on a narrow screen instead of it. */
export function IncidentSide({ open, initial, onClose, ...acts }: IncidentSideProps) {
  // What the address had open at the start was not pressed: the keyboard stays where the page put it.
  const [atStart] = useState(open);
  const [moved, setMoved] = useState(false);
  if (!moved && open !== atStart) setMoved(true);
  if (open === null)
    return (
      <p className="rounded-lg border border-dashed border-line-strong px-5 py-10 text-center text-sm text-faint max-lg:hidden">
        Open one to see what happened and what can be done. <Key>j</Key> and <Key>k</Key> move, <Key>Enter</Key> opens, <Key>e</Key> marks
        as read.
      </p>
    );
  return (
    <section
      aria-label="The incident that is open"
      className="grid min-w-0 gap-3 lg:sticky lg:top-17 lg:max-h-[calc(100dvh-5rem)] lg:overflow-y-auto lg:overscroll-contain"
    >
      <button
        type="button"
        className="-ml-2 flex h-8 items-center gap-1.5 justify-self-start rounded-md px-2 text-sm text-soft hover:bg-text/7 hover:text-text lg:hidden coarse:h-11"
        onClick={onClose}
      >
        <span aria-hidden="true">←</span> Inbox
      </button>
      <OpenIncident key={open} id={open} initial={initial?.id === open ? initial : null} focus={moved} {...acts} />
    </section>
  );
}

function Key({ children }: { children: string }) {
  return <kbd className="rounded border border-line-strong px-1 font-mono text-xs">{children}</kbd>;
}
