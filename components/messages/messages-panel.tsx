'use client';

import { Fragment, useEffect, useRef, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { plainText } from '#components/ui/plain-text.ts';
import { Panel } from '#components/workspace/panel.tsx';
import { PanelFailure } from '#components/workspace/panel-failure.tsx';
import type { ActivityRow } from '#lib/contract/activity.ts';
import { Composer } from './composer.tsx';
import { TurnView } from './turn-view.tsx';
import { useConversation } from './use-conversation.ts';

/** Closer to the end than this counts as reading along. */
const AT_END_PX = 40;

/** What people say to a workspace and what it answers, as it answers. */
export function MessagesPanel({ id, name: given, initial }: { id: string; name: string; initial: ActivityRow[] | null }) {
  const name = plainText(given);
  const { turns, activity, send, stop, talk, beginAnew } = useConversation(id, initial);
  const [anew, setAnew] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const following = useRef(true);
  const { rows, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = activity;
  const newest = turns.at(-1);
  const length = newest === undefined ? 0 : newest.answer.text.length + newest.answer.progress.length;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new text is the reason to scroll
  useEffect(() => {
    if (following.current && box.current !== null) box.current.scrollTop = box.current.scrollHeight;
  }, [newest?.key, length]);
  const sendText = (text: string) => {
    following.current = true;
    setAnew(false);
    void send(text);
  };
  return (
    <Panel id="messages" title="Conversation" note="with whoever looks after it here">
      {/* No grid: what sticks to the foot of the window must not be held by a row of its own. */}
      <div className="flex min-w-0 flex-col gap-3">
        {error !== null && <PanelFailure what="The conversation" error={error} onRetry={() => void refetch()} />}
        {rows === null && error === null && (
          <div role="status" aria-label="Loading the conversation" className="h-40 animate-pulse rounded-md bg-text/5" />
        )}
        {rows !== null && turns.length === 0 && (
          <p className="py-6 text-center text-sm text-faint">Nobody has said anything to it from here yet. Write to it below.</p>
        )}
        {turns.length > 0 && (
          <section
            ref={box}
            aria-label={`Conversation with ${name}`}
            // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it
            tabIndex={0}
            onScroll={({ currentTarget: at }) => {
              following.current = at.scrollHeight - at.scrollTop - at.clientHeight < AT_END_PX;
            }}
            className="max-h-[max(20rem,calc(100dvh-24rem))] overflow-y-auto"
          >
            {hasNextPage && (
              <div className="flex justify-center pb-2">
                <Button small disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
                  {isFetchingNextPage ? 'Fetching older ones…' : 'Show older ones'}
                </Button>
              </div>
            )}
            <ol>
              {turns.map((turn, at) => (
                <Fragment key={turn.key}>
                  {begins(turns[at - 1]?.contextId, turn.contextId) && (
                    <li className="flex items-center gap-3 py-1 text-xs text-faint before:h-px before:flex-1 before:bg-line-strong after:h-px after:flex-1 after:bg-line-strong">
                      another conversation
                    </li>
                  )}
                  <TurnView
                    id={id}
                    name={name}
                    turn={turn}
                    onStop={stop}
                    onAgain={sendText}
                    onEnd={() => void activity.freshen().catch(() => undefined)}
                  />
                </Fragment>
              ))}
            </ol>
          </section>
        )}
        <Composer
          name={name}
          talk={talk}
          anew={anew || turns.length === 0}
          onAnew={
            turns.length === 0 || anew
              ? null
              : () => {
                  beginAnew();
                  setAnew(true);
                  document.getElementById('message-text')?.focus();
                }
          }
          onSend={sendText}
        />
      </div>
    </Panel>
  );
}

/** Whether a message belongs to another conversation than the one before it, as far as both are known. */
function begins(before: string | null | undefined, now: string | null): boolean {
  return before !== undefined && before !== null && now !== null && before !== now;
}
