'use client';

import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { plainText } from '#components/ui/plain-text.ts';
import { callApi } from '#lib/client/api.ts';
import { Panel } from './panel.tsx';
import { PanelFailure } from './panel-failure.tsx';

const LINES = 200;
const EVERY_MS = 3_000;
/** Closer to the end than this counts as reading along. */
const AT_END_PX = 24;

/** The last lines its process wrote. Follows the end, unless the person has scrolled up to read. */
export function LogPanel({ id, initial }: { id: string; initial: string[] | null }) {
  const box = useRef<HTMLPreElement>(null);
  const following = useRef(true);
  const { data, error, refetch } = useQuery({
    queryKey: ['log', id],
    queryFn: async ({ signal }) =>
      (await callApi<{ lines: string[] }>('GET /workspaces/:id/log', { params: { id }, query: { lines: LINES }, signal })).lines,
    refetchInterval: EVERY_MS,
    gcTime: 60_000,
    staleTime: 0,
    ...(initial === null ? {} : { initialData: initial }),
  });
  const text = (data ?? []).map(plainText).join('\n');
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new text is the reason to scroll
  useEffect(() => {
    if (following.current && box.current !== null) box.current.scrollTop = box.current.scrollHeight;
  }, [text]);
  return (
    <Panel id="log" title="Output of its process" note={`the last ${LINES} lines`}>
      {error !== null && <PanelFailure what="The output" error={error} onRetry={() => void refetch()} />}
      <pre
        ref={box}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it
        tabIndex={0}
        onScroll={({ currentTarget: at }) => {
          following.current = at.scrollHeight - at.scrollTop - at.clientHeight < AT_END_PX;
        }}
        className="h-72 overflow-auto rounded-md bg-sunken p-3 font-mono text-xs leading-5 wrap-anywhere whitespace-pre-wrap"
      >
        {text === '' ? <span className="text-faint">It has written nothing yet.</span> : text}
      </pre>
    </Panel>
  );
}
