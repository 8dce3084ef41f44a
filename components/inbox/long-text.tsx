'use client';

import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { plainText } from '#components/ui/plain-text.ts';

const LONG_CHARS = 480;
const LONG_LINES = 6;

/** Words of an agent or of the platform with their lines, as plain text; long ones are cut until they are asked for. */
export function LongText({ text, className = '' }: { text: string; className?: string }) {
  const [all, setAll] = useState(false);
  const lines = text.split('\n');
  const long = text.length > LONG_CHARS || lines.length > LONG_LINES;
  return (
    <div className="grid min-w-0 justify-items-start gap-1">
      <p className={`max-w-full whitespace-pre-wrap wrap-anywhere ${long && !all ? 'clamp-6' : ''} ${className}`} dir="auto">
        {lines.map(plainText).join('\n')}
      </p>
      {long && (
        <Button small look="quiet" aria-expanded={all} className="-ml-2" onClick={() => setAll(!all)}>
          {all ? 'Show less' : 'Show all of it'}
        </Button>
      )}
    </div>
  );
}
