'use client';

import { Suspense, useState } from 'react';
import { RedactedLines } from '#components/delegations/redacted-lines.tsx';
import { Button } from '#components/ui/button.tsx';
import { CopyButton } from '#components/ui/copy-button.tsx';
import { lazyPart, PartMissing } from '#components/ui/lazy-part.tsx';

/** Asked for seldom: the reader of Markdown comes when somebody wants it. */
const SafeMarkdown = lazyPart(async () => (await import('./safe-markdown.tsx')).SafeMarkdown, PartMissing);

/** An agent's words as text; drawn as Markdown on request. */
export function AnswerText({ text, growing }: { text: string; growing: boolean }) {
  const [drawn, setDrawn] = useState(false);
  const plain = (
    <div className="text-sm leading-5 wrap-anywhere whitespace-pre-wrap" dir="auto">
      <RedactedLines text={text} />
      {growing && <span aria-hidden="true" className="ml-0.5 inline-block h-3.5 w-1.5 translate-y-0.5 animate-pulse bg-accent" />}
    </div>
  );
  return (
    <div className="grid min-w-0 gap-2">
      {drawn ? (
        <Suspense fallback={plain}>
          <SafeMarkdown text={text} />
        </Suspense>
      ) : (
        plain
      )}
      {!growing && (
        <div className="flex gap-1.5 coarse:gap-4">
          <Button small look="quiet" aria-pressed={drawn} onClick={() => setDrawn(!drawn)}>
            {drawn ? 'As text' : 'As Markdown'}
          </Button>
          <CopyButton text={text} />
        </div>
      )}
    </div>
  );
}
