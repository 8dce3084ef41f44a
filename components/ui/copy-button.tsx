'use client';

import { useEffect, useState } from 'react';
import { copyText } from '#lib/client/copy-text.ts';
import { Button } from './button.tsx';

const SAY_SO_MS = 2_000;

export function CopyButton({ text, label = 'Copy' }: { text: string; label?: string }) {
  const [said, setSaid] = useState<string | null>(null);
  useEffect(() => {
    if (said === null) return;
    const timer = setTimeout(() => setSaid(null), SAY_SO_MS);
    return () => clearTimeout(timer);
  }, [said]);
  return (
    <Button small aria-live="polite" onClick={async () => setSaid((await copyText(text)) ? 'Copied' : 'Select and copy it by hand')}>
      {said ?? label}
    </Button>
  );
}
