'use client';

import { useState } from 'react';
import { RedactedLines } from '#components/delegations/redacted-lines.tsx';
import { Button } from '#components/ui/button.tsx';
import { CopyButton } from '#components/ui/copy-button.tsx';
import { heardMore, NOTHING_HEARD, partsText } from '#lib/client/a2a-answer.ts';
import type { ActivityRow } from '#lib/contract/activity.ts';

/** What was said, as text where there is some; all of it as JSON on request. */
export function ActivityBodies({ row }: { row: ActivityRow }) {
  const [raw, setRaw] = useState(false);
  const asked = textOfRequest(row.request_body);
  const answered = heardMore(NOTHING_HEARD, row.response_body).text;
  const json = raw || (asked === '' && answered === '') ? JSON.stringify(row, null, 2) : null;
  return (
    <>
      {json === null ? (
        <>
          {asked !== '' && <Said title="Asked" text={asked} />}
          {answered !== '' && <Said title="Answered" text={answered} />}
        </>
      ) : (
        <pre
          // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it
          tabIndex={0}
          className="max-h-96 overflow-auto rounded-md bg-sunken p-3 font-mono text-xs leading-5 wrap-anywhere whitespace-pre-wrap"
        >
          <RedactedLines text={json} />
        </pre>
      )}
      <div className="flex gap-1.5 coarse:gap-4">
        {(asked !== '' || answered !== '') && (
          <Button small aria-pressed={raw} onClick={() => setRaw(!raw)}>
            Raw JSON
          </Button>
        )}
        <CopyButton text={JSON.stringify(row, null, 2)} label="Copy as JSON" />
      </div>
    </>
  );
}

function Said({ title, text }: { title: string; text: string }) {
  return (
    <div className="grid gap-1">
      <p className="text-xs text-faint">{title}</p>
      <div
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it
        tabIndex={0}
        className="max-h-80 overflow-auto rounded-md bg-sunken px-3 py-2 text-sm leading-5 wrap-anywhere whitespace-pre-wrap"
        dir="auto"
      >
        <RedactedLines text={text} />
      </div>
    </div>
  );
}

/** The text of a message that was sent, or the beginning of one that was too long to keep. */
function textOfRequest(body: unknown): string {
  if (typeof body !== 'object' || body === null) return '';
  const { params } = body as { params?: { message?: unknown } };
  return partsText(params?.message);
}
