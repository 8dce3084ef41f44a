'use client';

import { type FormEvent, type KeyboardEvent, useRef, useSyncExternalStore } from 'react';
import { Button } from '#components/ui/button.tsx';
import { formatBytes } from '#components/ui/format-bytes.ts';
import { useWrittenEarly } from '#components/ui/use-written-early.ts';
import type { Conversation } from '#lib/client/conversation.ts';

/** Below the platform's limit of 1 MB, with room for what is around the text. */
const MOST_BYTES = 1_000_000;

/** Where a message is written. Enter sends it, Shift and Enter begins a new line; on a touch screen Enter is a new line. */
export function Composer({
  name,
  talk,
  anew,
  onAnew,
  onSend,
}: {
  name: string;
  talk: Conversation;
  /** Whether the next message begins a conversation. */
  anew: boolean;
  /** Null: there is no conversation to leave. */
  onAnew: (() => void) | null;
  onSend: (text: string) => void;
}) {
  const field = useRef<HTMLTextAreaElement>(null);
  const text = useSyncExternalStore(
    talk.subscribe,
    () => talk.draft,
    () => '',
  );
  const bytes = text.length * 3 < MOST_BYTES ? 0 : new TextEncoder().encode(text).length;
  const tooLong = bytes > MOST_BYTES;
  const write = (next: string) => {
    talk.draft = next;
  };
  useWrittenEarly(field, text, (written) => {
    if (talk.draft !== written) write(talk.draft === '' ? written : `${talk.draft}\n\n${written}`);
  });
  const send = () => {
    if (text.trim() === '' || tooLong) return;
    write('');
    onSend(text);
    field.current?.focus();
  };
  const pressed = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing || matchMedia('(pointer: coarse)').matches) return;
    event.preventDefault();
    send();
  };
  return (
    <form
      className="sticky bottom-0 -mx-4 -mb-4 grid gap-2 rounded-b-lg border-t border-line bg-panel px-4 pt-3 pb-4"
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        send();
      }}
    >
      <label className="sr-only" htmlFor="message-text">
        Message to {name}
      </label>
      <textarea
        ref={field}
        id="message-text"
        rows={2}
        dir="auto"
        placeholder={anew ? `Begin a conversation with ${name}` : `Message to ${name}`}
        value={text}
        onChange={(event) => write(event.target.value)}
        onKeyDown={pressed}
        className="field-sizing-content max-h-72 min-h-16 w-full resize-y rounded-md border border-line-strong bg-bg px-3 py-2 text-sm placeholder:text-faint coarse:text-base"
      />
      <div className="flex flex-wrap items-center gap-2">
        <Button type="submit" look="primary" disabled={text.trim() === '' || tooLong}>
          Send
        </Button>
        {onAnew !== null && (
          <Button look="quiet" onClick={onAnew}>
            New conversation
          </Button>
        )}
        {tooLong ? (
          <p role="alert" data-tone="bad" className="text-xs text-tone">
            {formatBytes(bytes)} are too much for one message: at most {formatBytes(MOST_BYTES)}.
          </p>
        ) : (
          <p className="text-xs text-faint coarse:hidden">Enter sends, Shift + Enter begins a new line</p>
        )}
      </div>
    </form>
  );
}
