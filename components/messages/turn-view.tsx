'use client';

import Link from 'next/link';
import { RedactedLines } from '#components/delegations/redacted-lines.tsx';
import { tookText } from '#components/trace/span-words.ts';
import { Button } from '#components/ui/button.tsx';
import { LocalTime } from '#components/ui/local-time.tsx';
import { plainText } from '#components/ui/plain-text.ts';
import { AnswerText } from './answer-text.tsx';
import { QueuedTurn } from './queued-turn.tsx';
import type { Turn } from './turns.ts';

interface TurnViewProps {
  id: string;
  /** Whose answers these are. */
  name: string;
  turn: Turn;
  onStop: (messageId: string) => void;
  /** Sends a message that was not taken once more. */
  onAgain: (text: string) => void;
  /** A message that waited has ended. */
  onEnd: () => void;
}

const STOPPED = { here: 'You stopped it.', left: 'It was stopped: the connection to the page that asked has ended.' };

/** One message and its answer. */
export function TurnView({ id, name, turn, onStop, onAgain, onEnd }: TurnViewProps) {
  return (
    <li data-turn={turn.key} className="grid min-w-0 gap-2 border-t border-line py-4 first:border-t-0">
      <div className="ml-auto grid max-w-[85%] min-w-0 gap-1 rounded-lg bg-accent/10 px-3 py-2">
        <p className="sr-only">Asked:</p>
        <div className="text-sm leading-5 wrap-anywhere whitespace-pre-wrap" dir="auto">
          <RedactedLines text={turn.asked} />
          {turn.askedCut && <span className="text-faint"> … (only its beginning is shown)</span>}
        </div>
        <p className="text-right text-xs text-faint">
          <LocalTime at={turn.at} />
        </p>
      </div>
      <div className="grid max-w-[95%] min-w-0 gap-1">
        <p className="text-xs font-medium text-soft">
          <bdi>{name}</bdi>
        </p>
        <Answer id={id} turn={turn} onStop={onStop} onAgain={onAgain} onEnd={onEnd} />
        {(turn.durationMs !== null || turn.traceId !== null) && (
          <p className="flex flex-wrap gap-x-2 text-xs text-faint">
            {turn.durationMs !== null && <span>took {tookText(turn.durationMs)}</span>}
            {turn.traceId !== null && (
              <Link className="text-accent underline underline-offset-4" href={`/traces/${turn.traceId}`} prefetch={false}>
                what it caused
              </Link>
            )}
          </p>
        )}
      </div>
    </li>
  );
}

function Answer({ id, turn, onStop, onAgain, onEnd }: Omit<TurnViewProps, 'name'>) {
  const { answer, from } = turn;
  if (from.is === 'waiting') return <QueuedTurn id={id} queueId={from.queueId} onEnd={onEnd} />;
  if (from.is === 'here' && from.turn.queueId !== null) return <QueuedTurn id={id} queueId={from.turn.queueId} onEnd={onEnd} />;
  if (turn.answerCut)
    return <p className="text-sm text-faint">Its answer is too long to be shown here. Its beginning is under Activity, as it was kept.</p>;
  if (answer.state === 'failed')
    return (
      <div className="grid min-w-0 justify-items-start gap-2">
        <p
          role={from.is === 'here' ? 'alert' : undefined}
          data-tone="bad"
          className="min-w-0 rounded-md bg-tint px-3 py-2 text-sm wrap-anywhere whitespace-pre-wrap text-tone"
          dir="auto"
        >
          <RedactedLines text={answer.text === '' ? 'It failed without saying why.' : answer.text} />
        </p>
        {from.is === 'here' && from.turn.state === 'unsent' && (
          <div className="flex flex-wrap items-center gap-3 text-sm text-soft">
            <p>What you wrote is in the field below again.</p>
            <Button small onClick={() => onAgain(from.turn.message.text)}>
              Send again
            </Button>
          </div>
        )}
      </div>
    );
  const going = from.is === 'here' && from.turn.state === 'sending';
  const lost = from.is === 'here' && from.turn.state === 'lost';
  return (
    <div className="grid min-w-0 gap-2" {...(going ? { 'aria-busy': true } : {})}>
      {answer.text !== '' && <AnswerText text={answer.text} growing={going} />}
      {going && (
        <div className="flex items-center gap-3 text-sm text-soft">
          <p role="status" className="min-w-0 flex-1 truncate" dir="auto">
            {answer.progress === '' ? (answer.text === '' ? 'Works on it…' : 'Goes on…') : plainText(answer.progress)}
          </p>
          <Button small onClick={() => onStop(from.turn.message.messageId)}>
            Stop
          </Button>
        </div>
      )}
      {turn.stopped !== null && <p className="text-sm text-faint">{STOPPED[turn.stopped]}</p>}
      {lost && (
        <p role="status" className="text-sm text-soft">
          The connection to Canvas was lost while it answered. It is not known whether the agent goes on: Canvas looks as soon as it is
          back, and what becomes of it is shown here.
        </p>
      )}
      {answer.state === 'input' && !going && <p className="text-sm text-soft">It waits for what you say next.</p>}
      {answer.text === '' && !going && !lost && turn.stopped === null && answer.state !== 'input' && (
        <p className="text-sm text-faint">
          {from.is === 'past' && from.row.status === 'delivering' ? 'Not answered yet.' : 'It answered without a text.'}
        </p>
      )}
    </div>
  );
}
