'use client';

import Link from 'next/link';
import type { ReactNode } from 'react';
import { counted } from '#components/restarts/run-words.ts';
import { RedactedText } from '#components/snapshots/redacted-text.tsx';
import { StatusShape } from '#components/status/status-shape.tsx';
import { Age } from '#components/ui/age.tsx';
import { plainText } from '#components/ui/plain-text.ts';
import type { MessageState, QueuedMessage } from '#lib/contract/messages.ts';
import type { ShownState } from '#lib/contract/workspace-status.ts';
import { MESSAGE_LABEL, MESSAGE_TONE } from './message-words.ts';

const SHAPE: Record<MessageState, ShownState> = {
  waiting: 'late',
  delivering: 'restarting',
  answered: 'online',
  failed: 'failed',
  dropped: 'token_rejected',
  expired: 'offline',
};

/** Messages, each with its sender, its age and where it is. `actions` draws what can be done with one. */
export function MessageList({
  items,
  actions,
  scrolls = false,
}: {
  items: readonly QueuedMessage[];
  actions?: (message: QueuedMessage) => ReactNode;
  /** Whether a long list scrolls in itself. */
  scrolls?: boolean;
}) {
  return (
    <ul
      {...(scrolls ? { 'aria-label': 'Messages', tabIndex: 0 } : {})}
      className={`rounded-md border border-line ${scrolls ? 'max-h-112 overflow-y-auto' : ''}`}
    >
      {items.map((message) => (
        <li
          key={message.queue_id}
          data-tone={MESSAGE_TONE[message.state]}
          className="grid grid-cols-[minmax(0,1fr)_auto] gap-x-4 gap-y-0.5 border-t border-line px-3 py-2 text-sm first:border-t-0"
        >
          <p className="clamp-2 min-w-0 wrap-anywhere" dir="auto">
            {message.summary === '' ? <span className="text-faint">No text</span> : <RedactedText text={message.summary} />}
          </p>
          <p className="flex items-center gap-1.5 self-start text-xs font-medium text-tone">
            <StatusShape state={SHAPE[message.state]} />
            {MESSAGE_LABEL[message.state]}
          </p>
          <p className="min-w-0 text-xs wrap-anywhere text-faint" dir="auto">
            from {plainText(message.sender_name)} · <Age at={message.created_at} /> ago
            {message.attempts > 0 && ` · ${counted(message.attempts, 'attempt')}`}
            {message.redelivered && ' · marked as delivered again'}
            {message.trace_id !== null && (
              <>
                {' · '}
                <Link className="text-accent underline underline-offset-4" href={`/traces/${message.trace_id}`} prefetch={false}>
                  its trace
                </Link>
              </>
            )}
          </p>
          {actions !== undefined && <div className="row-span-2 flex justify-end gap-1.5 self-end">{actions(message)}</div>}
          {message.why !== '' && (
            <p className="col-start-1 text-xs wrap-anywhere text-soft" dir="auto">
              {plainText(message.why)}
            </p>
          )}
        </li>
      ))}
    </ul>
  );
}
