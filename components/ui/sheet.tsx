'use client';

import { type ReactNode, useId, useLayoutEffect, useRef } from 'react';
import { pageHold } from '#lib/client/order-hold.ts';

interface SheetProps {
  title: ReactNode;
  /** A quiet line below the title. */
  note?: ReactNode;
  /** Stays in sight at the sheet's end, whatever is scrolled. */
  foot?: ReactNode;
  onClose: () => void;
  children: ReactNode;
}

/**
 * Something long beside the page: from the right, on a phone from below. The browser's own modal dialog: Escape closes it,
 * the focus stays in it and returns to what opened it. While it is open the fleet does not move.
 */
export function Sheet({ title, note, foot, onClose, children }: SheetProps) {
  const ref = useRef<HTMLDialogElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const id = useId();
  // The layout effect's cleanup runs while the dialog is still in the document: only then does closing give the focus back.
  useLayoutEffect(() => {
    const release = pageHold.take();
    const dialog = ref.current;
    dialog?.showModal();
    heading.current?.focus({ preventScroll: true });
    return () => {
      release();
      dialog?.close();
    };
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: a press beside the sheet closes it; the key for that is Escape, the browser's own
    <dialog
      ref={ref}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === event.currentTarget) onClose();
      }}
      className="fixed inset-x-0 top-auto bottom-0 m-0 max-h-[92dvh] w-full max-w-none overflow-hidden rounded-t-xl border-t border-line-strong bg-panel p-0 text-text shadow-xl shadow-black/30 transition-[translate,opacity] duration-150 backdrop:bg-black/50 starting:translate-y-6 starting:opacity-0 open:flex sm:inset-y-0 sm:right-0 sm:left-auto sm:h-dvh sm:max-h-none sm:w-[min(40rem,92vw)] sm:rounded-none sm:border-t-0 sm:border-l sm:starting:translate-x-6 sm:starting:translate-y-0"
    >
      <div className="flex max-h-[inherit] min-h-0 w-full flex-col sm:max-h-dvh">
        <header className="flex items-start gap-4 px-4 pt-4 pb-3 sm:px-6 sm:pt-5">
          <div className="grid min-w-0 flex-1 gap-0.5">
            <h2 ref={heading} id={id} tabIndex={-1} className="text-lg font-semibold wrap-anywhere outline-none" dir="auto">
              {title}
            </h2>
            {note !== undefined && <div className="text-sm wrap-anywhere text-soft">{note}</div>}
          </div>
          <button
            type="button"
            aria-label="Close"
            className="-mt-1 -mr-1.5 size-8 flex-none rounded-md text-faint hover:bg-text/7 hover:text-text coarse:-mt-2 coarse:size-11"
            onClick={onClose}
          >
            ✕
          </button>
        </header>
        <div className="grid min-h-0 flex-1 content-start gap-5 overflow-y-auto overscroll-contain px-4 pt-1 pb-5 sm:px-6">{children}</div>
        {foot !== undefined && <footer className="border-t border-line bg-panel px-4 py-3 sm:px-6">{foot}</footer>}
      </div>
    </dialog>
  );
}
