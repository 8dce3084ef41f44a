'use client';

import { useQuery } from '@tanstack/react-query';
import { useEffect, useId, useRef, useState } from 'react';
import { plainText } from '#components/ui/plain-text.ts';
import { useWrittenEarly } from '#components/ui/use-written-early.ts';
import { callApi } from '#lib/client/api.ts';
import type { WorkspacePage } from '#lib/contract/workspaces.ts';

const OFFERED = 50;

/** Chooses one workspace by its name: what is typed is looked for; a choice from the list is taken, and by Enter the nearest. */
export function WorkspaceFilter({
  chosen,
  known,
  onChange,
  label = 'Of which workspace',
  placeholder = 'Of any workspace',
  word = 'of',
}: {
  /** The chosen id; empty: any. */
  chosen: string;
  /** Its name, if it is known; else the id is shown. */
  known: string | null;
  onChange: (id: string) => void;
  label?: string;
  placeholder?: string;
  /** Before the name of the chosen one. */
  word?: string;
}) {
  const id = useId();
  const [text, setText] = useState('');
  const field = useRef<HTMLInputElement>(null);
  useWrittenEarly(field, text, setText);
  const [wanted, setWanted] = useState<string | null>(null);
  const { data, isPlaceholderData } = useQuery({
    queryKey: ['workspace-names', text],
    queryFn: ({ signal }) =>
      callApi<WorkspacePage>('GET /workspaces', { query: { q: text, sort: 'name', limit: OFFERED, page: 1 }, signal }),
    enabled: text.trim() !== '',
    gcTime: 30_000,
    staleTime: 10_000,
    placeholderData: (before) => before,
  });
  const offered = data?.items ?? [];
  const nearest = isPlaceholderData ? undefined : (offered.find(({ name }) => plainText(name) === text) ?? offered[0])?.id;
  // What was asked for by Enter is taken when it is known what the platform has for this text.
  useEffect(() => {
    if (wanted === null || wanted !== text || nearest === undefined) return;
    setWanted(null);
    setText('');
    onChange(nearest);
  }, [wanted, text, nearest, onChange]);
  if (chosen !== '') {
    return (
      <p className="flex h-8 min-w-0 flex-none items-center gap-1.5 rounded-full border border-accent bg-accent/10 pr-1 pl-3 text-sm coarse:h-11">
        <span className="text-faint">{word}</span>
        <bdi className="max-w-48 truncate">{plainText(known ?? chosen)}</bdi>
        <button
          type="button"
          aria-label={placeholder}
          className="relative size-6 rounded-full text-faint hover:bg-text/10 hover:text-text coarse:size-9 coarse:after:absolute coarse:after:-inset-1"
          onClick={() => onChange('')}
        >
          ✕
        </button>
      </p>
    );
  }
  return (
    <>
      <input
        ref={field}
        type="search"
        list={id}
        aria-label={label}
        placeholder={placeholder}
        autoComplete="off"
        maxLength={200}
        value={text}
        onChange={({ target, nativeEvent }) => {
          setText(target.value);
          setWanted(null);
          // A choice from the list replaces the text; letters are typed, and may be the beginning of a longer name.
          if (nativeEvent instanceof InputEvent && nativeEvent.inputType !== 'insertReplacementText') return;
          const picked = offered.find(({ name }) => plainText(name) === target.value);
          if (picked === undefined) return;
          setText('');
          onChange(picked.id);
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && text.trim() !== '') setWanted(text);
        }}
        className="h-8 w-44 min-w-0 rounded-md border border-line bg-bg px-3 text-sm placeholder:text-faint hover:border-line-strong max-sm:flex-1 coarse:h-11 coarse:text-base"
      />
      <datalist id={id}>
        {offered.map((card) => (
          <option key={card.id} value={plainText(card.name)} />
        ))}
      </datalist>
    </>
  );
}
