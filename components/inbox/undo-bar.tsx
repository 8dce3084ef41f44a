'use client';

import { useEffect, useState, useSyncExternalStore } from 'react';
import { createPortal } from 'react-dom';
import { isTyping } from '#components/shell/is-typing.ts';
import { NOTICE_SLOT } from '#components/shell/notice-slot.ts';
import { Button } from '#components/ui/button.tsx';
import { plainText } from '#components/ui/plain-text.ts';
import { pageNotices } from '#lib/client/notices.ts';
import { pageUndo } from '#lib/client/undo.ts';

async function undo(): Promise<void> {
  const offered = pageUndo.take();
  if (offered === null) return;
  try {
    await offered.undo();
  } catch (refused) {
    pageNotices.fail(refused instanceof Error ? refused.message : 'That could not be taken back. Try again.');
  }
}

/** Takes back the last thing that was done: by its button, `u`, or as everywhere by ⌘Z. It lies among the notices. */
export function UndoBar() {
  const offered = useSyncExternalStore(pageUndo.subscribe, pageUndo.read, () => null);
  const [slot, setSlot] = useState<HTMLElement | null>(null);
  useEffect(() => setSlot(document.getElementById(NOTICE_SLOT)), []);
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      const chord = event.key.toLowerCase() === 'z' && (event.metaKey || event.ctrlKey) && !event.shiftKey && !event.altKey;
      const inField = event.target instanceof Element && event.target.closest('input, textarea, select') !== null;
      if (chord ? inField : event.key !== 'u' || isTyping(event)) return;
      if (pageUndo.read() === null) return;
      event.preventDefault();
      void undo();
    };
    addEventListener('keydown', pressed);
    return () => removeEventListener('keydown', pressed);
  }, []);
  if (slot === null) return null;
  return createPortal(
    <div role="status">
      {offered !== null && (
        <div
          key={offered.id}
          className="pointer-events-auto flex max-w-xl items-center gap-3 rounded-lg border border-line-strong bg-raise py-2 pr-2 pl-3 text-sm shadow-lg shadow-black/20 coarse:gap-5"
        >
          <p className="min-w-0 flex-1 wrap-anywhere" dir="auto">
            {plainText(offered.text)}
          </p>
          <Button small aria-keyshortcuts="u" onClick={() => void undo()}>
            Undo
          </Button>
        </div>
      )}
    </div>,
    slot,
  );
}
