'use client';

import { formatCount } from '#components/ui/format-count.ts';
import { LocalTime } from '#components/ui/local-time.tsx';
import { plainText } from '#components/ui/plain-text.ts';
import type { IncidentDetail } from '#lib/contract/inbox.ts';
import type { IncidentEntry } from '#lib/contract/incidents.ts';
import { ENTRY_LABEL } from './inbox-words.ts';
import { LongText } from './long-text.tsx';

/** Names and addresses of what came along, to be read: nothing of it is fetched, and no address can be pressed by mistake. */
function Attachments({ attachments }: Pick<IncidentEntry, 'attachments'>) {
  if (attachments.length === 0) return null;
  return (
    <ul aria-label="Attachments" className="grid gap-1">
      {attachments.map(({ name, url }, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: two may have the same name, and the list never changes
        <li key={i} className="rounded bg-text/5 px-2 py-1 text-xs wrap-anywhere" dir="auto">
          {plainText(name)}
          {url != null && <code className="ml-2 font-mono text-faint">{plainText(url)}</code>}
        </li>
      ))}
    </ul>
  );
}

/** What happened within an incident, newest first. */
export function IncidentEntries({ incident }: { incident: IncidentDetail }) {
  const { entries, count } = incident;
  const said = entries.filter(({ kind }) => kind === 'said' || kind === 'opened' || kind === 'again').length;
  return (
    <>
      <ol className="grid gap-3">
        {entries.map((entry) => (
          <li key={entry.id} className="grid min-w-0 gap-1">
            <p className="flex gap-2 text-xs text-faint">
              <span className="font-medium text-soft">{ENTRY_LABEL[entry.kind]}</span>
              <LocalTime at={entry.at} />
            </p>
            {entry.text !== '' && (
              <LongText text={entry.text} className={entry.kind === 'said' ? 'border-l-2 border-line-strong pl-3' : ''} />
            )}
            <Attachments attachments={entry.attachments} />
          </li>
        ))}
      </ol>
      {count > said && said > 0 && (
        <p className="text-xs text-faint">
          It came {formatCount(count)} times. The newest {formatCount(entries.length)} entries are kept.
        </p>
      )}
    </>
  );
}
