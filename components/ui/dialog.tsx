'use client';

import { type ReactNode, useEffect, useId, useRef } from 'react';
import { pageHold } from '#lib/client/order-hold.ts';

/** A question or a form over the page. The browser's own modal dialog: Escape closes it, the focus stays in it and returns. */
export function Dialog({
  title,
  onClose,
  stays = false,
  busy = false,
  children,
}: {
  title: string;
  onClose: () => void;
  /** A press beside it does not close it: what it shows cannot be had again. */
  stays?: boolean;
  /** Nothing closes it: what it waits for would be lost. */
  busy?: boolean;
  children: ReactNode;
}) {
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const release = pageHold.take();
    const dialog = ref.current;
    dialog?.showModal();
    return () => {
      release();
      dialog?.close();
    };
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: a press beside the dialog closes it; the key for that is Escape, the browser's own
    <dialog
      ref={ref}
      aria-labelledby={id}
      onClose={onClose}
      onCancel={(event) => {
        if (busy) event.preventDefault();
      }}
      onClick={(event) => {
        if (!stays && !busy && event.target === event.currentTarget) onClose();
      }}
      className="w-[min(36rem,calc(100vw-1.5rem))] rounded-lg border border-line-strong bg-panel p-0 text-text shadow-xl shadow-black/30 backdrop:bg-black/50"
    >
      <div className="grid gap-4 p-5">
        <div className="flex items-start justify-between gap-4">
          <h2 id={id} className="text-lg font-semibold">
            {title}
          </h2>
          <button
            type="button"
            aria-label="Close"
            disabled={busy}
            className="relative -mt-1 -mr-1 size-8 flex-none rounded-md text-faint hover:bg-text/7 hover:text-text coarse:size-11"
            onClick={onClose}
          >
            ✕
          </button>
        </div>
        {children}
      </div>
    </dialog>
  );
}
