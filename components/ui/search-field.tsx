'use client';

import { useEffect, useRef, useState } from 'react';
import { useWrittenEarly } from './use-written-early.ts';

const TYPING_MS = 200;

/** Searches as it is typed, a moment after the last letter. */
export function SearchField({ label, value, onChange }: { label: string; value: string; onChange: (text: string) => void }) {
  const [text, setText] = useState(value);
  const written = useRef(value);
  const field = useRef<HTMLInputElement>(null);
  useWrittenEarly(field, text, setText);
  useEffect(() => {
    if (value !== written.current) setText(value);
    written.current = value;
  }, [value]);
  useEffect(() => {
    if (text === written.current) return;
    const timer = setTimeout(() => {
      written.current = text;
      onChange(text);
    }, TYPING_MS);
    return () => clearTimeout(timer);
  }, [text, onChange]);
  return (
    <input
      ref={field}
      type="search"
      aria-label={label}
      placeholder={label}
      autoComplete="off"
      spellCheck={false}
      maxLength={200}
      value={text}
      onChange={(event) => setText(event.target.value)}
      className="h-8 w-full min-w-0 rounded-md border border-line bg-bg px-3 text-sm placeholder:text-faint hover:border-line-strong coarse:h-11 coarse:text-base"
    />
  );
}
