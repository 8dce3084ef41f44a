'use client';

import { counted } from '#components/restarts/run-words.ts';
import { formatCount } from '#components/ui/format-count.ts';
import { LocalTime } from '#components/ui/local-time.tsx';
import { plainText } from '#components/ui/plain-text.ts';
import type { FieldChange, SnapshotDiff, SnapshotDiffAnswer, SnapshotSide } from '#lib/contract/snapshots.ts';
import { fieldWords } from './field-words.ts';
import { RedactedText } from './redacted-text.tsx';

function Side({ side }: { side: SnapshotSide }) {
  return (
    <>
      {side.id === null ? 'what ran at ' : 'saved at '}
      <LocalTime at={side.taken_at} />
    </>
  );
}

/** What changed from one to the other, in the order a person asks for it: nothing, fields, the conversation, the rest. */
export function SnapshotDiffView({ answer }: { answer: SnapshotDiffAnswer }) {
  const { before, after, diff } = answer;
  return (
    <div className="grid gap-4">
      <p className="text-sm text-soft">
        From <Side side={before} /> to <Side side={after} />
        {before.boot_id !== after.boot_id && ', across a new process'}.
      </p>
      {diff.same && <p className="rounded-md bg-ok/10 px-3 py-2 text-sm">Nothing differs: what was kept is what came back.</p>}
      {diff.fields.length > 0 && <FieldTable fields={diff.fields} />}
      <TranscriptChanges transcript={diff.transcript} />
      <OtherChanges diff={diff} />
    </div>
  );
}

function FieldTable({ fields }: { fields: readonly FieldChange[] }) {
  return (
    <div className="overflow-x-auto rounded-md border border-line">
      <table className="w-full text-left text-sm">
        <caption className="sr-only">Changed fields</caption>
        <thead className="text-xs text-faint">
          <tr>
            <th className="px-3 py-1.5 font-normal">Field</th>
            <th className="px-3 py-1.5 font-normal">Before</th>
            <th className="px-3 py-1.5 font-normal">After</th>
          </tr>
        </thead>
        <tbody>
          {fields.map(({ field, before, after }) => (
            <tr key={field} className="border-t border-line align-baseline">
              <th scope="row" className="min-w-20 px-3 py-1.5 font-normal wrap-anywhere text-faint">
                {plainText(fieldWords(field))}
              </th>
              <Value text={before} sign="−" />
              <Value text={after} sign="+" />
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Value({ text, sign }: { text: string | null; sign: '+' | '−' }) {
  return (
    <td className={`min-w-24 px-3 py-1.5 wrap-anywhere ${sign === '+' ? '' : 'text-soft'}`} dir="auto">
      {text === null || text === '' ? (
        <span className="text-faint">{text === null ? 'not there' : 'empty'}</span>
      ) : (
        <RedactedText text={text} />
      )}
    </td>
  );
}

const LINE = { '+': 'bg-ok/10', '−': 'bg-bad/10' } as const;
const SIGN = { '+': 'text-ok', '−': 'text-bad' } as const;
const READ = { '+': 'added: ', '−': 'gone: ' } as const;

function Line({ sign, text }: { sign: '+' | '−'; text: string }) {
  return (
    <li className={`grid grid-cols-[1rem_minmax(0,1fr)] px-3 ${LINE[sign]}`}>
      <span aria-hidden="true" className={`font-semibold select-none ${SIGN[sign]}`}>
        {sign}
      </span>
      <span className="wrap-anywhere" dir="auto">
        <span className="sr-only">{READ[sign]}</span>
        <RedactedText text={text} />
      </span>
    </li>
  );
}

/** The end of the conversation on both sides: what is gone, how much is the same, what was added. */
function TranscriptChanges({ transcript }: { transcript: SnapshotDiff['transcript'] }) {
  const { added, removed, kept, scrolled_out: scrolled } = transcript;
  if (added.length === 0 && removed.length === 0)
    return <p className="text-sm text-faint">Transcript: {kept === 0 ? 'none on either side' : `the same ${counted(kept, 'line')}`}.</p>;
  return (
    <section aria-labelledby="diff-transcript" className="grid gap-2">
      <h3 id="diff-transcript" className="flex items-baseline gap-2 text-sm font-semibold">
        Transcript
        <small className="text-xs font-normal text-faint">
          <span className="text-ok">+{formatCount(added.length)}</span> <span className="text-bad">−{formatCount(removed.length)}</span>
        </small>
      </h3>
      <ol
        aria-label="Transcript lines that differ"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it
        tabIndex={0}
        className="max-h-96 overflow-y-auto rounded-md border border-line bg-sunken py-1.5 font-mono text-xs leading-5"
      >
        {scrolled > 0 && <li className="px-3 text-faint">… {counted(scrolled, 'older line')} left at the old end</li>}
        {kept > 0 && <li className="px-3 text-faint">… {counted(kept, 'line')} the same</li>}
        {removed.map((text, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines may be alike, and an answer does not change
          <Line key={`-${i}`} sign="−" text={text} />
        ))}
        {added.map((text, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines may be alike, and an answer does not change
          <Line key={`+${i}`} sign="+" text={text} />
        ))}
      </ol>
    </section>
  );
}

function OtherChanges({ diff }: { diff: SnapshotDiff }) {
  const { completed, unfinished, redactions } = diff;
  const words: string[] = [];
  if (completed.added > 0) words.push(`${counted(completed.added, 'more message')} done`);
  if (completed.removed > 0) words.push(`${counted(completed.removed, 'message')} no longer known as done`);
  if (unfinished.before !== unfinished.after)
    words.push(`tasks cut off: ${formatCount(unfinished.before)} → ${formatCount(unfinished.after)}`);
  if (words.length === 0 && redactions.length === 0) return null;
  return (
    <ul aria-label="Other changes" className="flex flex-wrap gap-1.5 text-xs text-soft">
      {words.map((text) => (
        <li key={text} className="rounded-full border border-line px-2 leading-5">
          {text}
        </li>
      ))}
      {redactions.map(({ type, before, after }) => (
        <li key={type} className="rounded-full border border-line px-2 leading-5">
          {plainText(type)} hidden: {formatCount(before)} → <b className="font-semibold text-text">{formatCount(after)}</b>
        </li>
      ))}
    </ul>
  );
}
