'use client';

import Link from 'next/link';
import { useState } from 'react';
import { RUN_STATE_LABEL } from '#components/restarts/run-words.ts';
import { Button } from '#components/ui/button.tsx';
import { formatCount } from '#components/ui/format-count.ts';
import { LocalTime } from '#components/ui/local-time.tsx';
import { plainText } from '#components/ui/plain-text.ts';
import type { BulkItem, BulkItemState, BulkRestartDetail } from '#lib/contract/bulk-restarts.ts';
import type { RunStep } from '#lib/contract/restart-steps.ts';
import { ItemMark } from './bulk-mark.tsx';
import { countOf, ITEM_LABEL, ITEM_ORDER, ITEM_TONE } from './bulk-words.ts';

const AT_ONCE = 300;
const LINK = 'underline-offset-4 hover:underline';

/** Every one of the frozen set with its outcome; chips show those of one outcome alone. */
export function BulkItems({ bulk }: { bulk: BulkRestartDetail }) {
  const [only, setOnly] = useState<BulkItemState | null>(null);
  const [most, setMost] = useState(AT_ONCE);
  const items = only === null ? bulk.items : bulk.items.filter((item) => item.state === only);
  return (
    <div className="grid gap-3">
      <fieldset className="flex flex-wrap gap-2">
        <legend className="sr-only">Show only</legend>
        {ITEM_ORDER.filter((state) => countOf(bulk.counts, state) > 0 || state === only).map((state) => (
          <button
            key={state}
            type="button"
            data-tone={ITEM_TONE[state]}
            aria-pressed={only === state}
            onClick={() => setOnly(only === state ? null : state)}
            className="flex h-8 flex-none items-center gap-1.5 rounded-full border border-line bg-panel px-3 text-sm hover:border-line-strong aria-pressed:border-accent aria-pressed:bg-accent/10 coarse:h-11"
          >
            <ItemMark state={state} />
            <b className="font-semibold">{formatCount(countOf(bulk.counts, state))}</b>
          </button>
        ))}
      </fieldset>
      <div className="overflow-x-auto rounded-lg border border-line bg-panel">
        <table className="w-full text-left text-sm">
          <caption className="sr-only">{only === null ? 'All of them' : ITEM_LABEL[only]}, with their outcome</caption>
          <thead className="text-xs text-faint">
            <tr>
              <th className="px-4 py-2 font-normal">Workspace</th>
              <th className="px-4 py-2 font-normal">Outcome</th>
              <th className="px-4 py-2 font-normal max-sm:hidden">Restart</th>
              <th className="px-4 py-2 text-right font-normal max-sm:hidden">Ended</th>
            </tr>
          </thead>
          <tbody>
            {items.slice(0, most).map((item) => (
              <Item key={item.workspace_id} item={item} />
            ))}
          </tbody>
        </table>
      </div>
      {items.length === 0 && <p className="text-sm text-faint">None is so any more.</p>}
      {items.length > most && (
        <div className="flex justify-center">
          <Button onClick={() => setMost(most + AT_ONCE)}>Show more of {formatCount(items.length)}</Button>
        </div>
      )}
    </div>
  );
}

function Item({ item }: { item: BulkItem }) {
  return (
    <tr className="border-t border-line align-baseline">
      <td className="px-4 py-2">
        <Link
          className={`font-medium wrap-anywhere ${LINK}`}
          href={`/w/${encodeURIComponent(item.workspace_id)}`}
          prefetch={false}
          dir="auto"
        >
          {plainText(item.name)}
        </Link>
      </td>
      <td className="px-4 py-2">
        <ItemMark state={item.state} />
        {item.why !== '' && (
          <span className="block text-xs wrap-anywhere text-soft" dir="auto">
            {plainText(item.why)}
          </span>
        )}
        <span className="block text-xs text-faint sm:hidden">
          {item.run_id !== null && 'restart: '}
          <RunLink item={item} />
        </span>
      </td>
      <td className="px-4 py-2 text-xs max-sm:hidden">
        <RunLink item={item} />
      </td>
      <td className="px-4 py-2 text-right text-xs text-faint max-sm:hidden">
        {item.ended_at !== null && <LocalTime at={item.ended_at} />}
      </td>
    </tr>
  );
}

function RunLink({ item }: { item: BulkItem }) {
  if (item.run_id === null) return null;
  const word = item.run_state === null ? 'Open' : (RUN_STATE_LABEL[item.run_state as RunStep] ?? plainText(item.run_state));
  return (
    <Link className={`text-accent ${LINK}`} href={`/restarts/${encodeURIComponent(item.run_id)}`} prefetch={false}>
      {word}
      <span className="sr-only"> of {plainText(item.name)}</span>
    </Link>
  );
}
