'use client';

import Link from 'next/link';
import { useCallback, useRef } from 'react';
import { RunTook } from '#components/restarts/run-took.tsx';
import { RedactedText } from '#components/snapshots/redacted-text.tsx';
import { Age } from '#components/ui/age.tsx';
import { LinkPending } from '#components/ui/link-pending.tsx';
import { plainText } from '#components/ui/plain-text.ts';
import type { ShownDelegation } from '#lib/contract/delegations.ts';
import { DelegationActions, OpenTarget } from './delegation-actions.tsx';
import { DelegationMark } from './delegation-mark.tsx';
import { hasEnded, nameOr, outcomeText } from './delegation-words.ts';

/** One delegation as a strip: how it is, from whom to whom, for what, what came of it. One that waits says for what; one that is stuck, what to do. */
export function DelegationRow({
  delegation,
  of,
  onCancel,
}: {
  delegation: ShownDelegation;
  of: string | null;
  onCancel: (delegation: ShownDelegation) => void;
}) {
  const link = useRef<HTMLAnchorElement>(null);
  // Once it is not stuck any more its buttons go: the keyboard stays in the row.
  const keepFocus = useCallback((buttons: HTMLElement | null) => {
    return () => {
      if (buttons?.contains(document.activeElement)) link.current?.focus({ preventScroll: true });
    };
  }, []);
  const { delegation_id: did, source_id, target_id, status, stuck, waits_for, error } = delegation;
  const outcome = plainText(outcomeText(delegation)).trim();
  const failed = error !== '' && hasEnded(status);
  return (
    <li
      data-row={did}
      data-tone={stuck === null ? undefined : 'bad'}
      className={`relative grid gap-x-4 gap-y-1 border-t border-line px-4 py-3 first:border-t-0 hover:bg-text/3 md:grid-cols-[8.5rem_minmax(0,1fr)_auto] ${stuck === null ? '' : 'bg-tint'}`}
    >
      <p className="flex items-baseline justify-between md:pt-0.5">
        <DelegationMark delegation={delegation} />
        <span className="text-xs text-faint md:hidden">
          <Times delegation={delegation} />
        </span>
      </p>
      <div className="grid min-w-0 gap-1">
        <p className="min-w-0 text-base">
          <Link
            ref={link}
            href={`/delegations/${encodeURIComponent(did)}`}
            prefetch={false}
            className="font-semibold wrap-anywhere outline-none after:absolute after:inset-0 focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent"
          >
            {of === source_id ? (
              <span className="font-normal text-soft">to </span>
            ) : (
              <bdi>{plainText(nameOr(delegation.source_name, source_id))}</bdi>
            )}
            {of === null && <Arrow />}
            {of === target_id ? (
              <span className="font-normal text-soft"> asked for</span>
            ) : (
              <bdi>{plainText(nameOr(delegation.target_name, target_id))}</bdi>
            )}
            <LinkPending />
          </Link>
        </p>
        <p className="clamp-2 text-sm wrap-anywhere" dir="auto">
          {delegation.summary.trim() === '' ? <span className="text-faint">No text</span> : <RedactedText text={delegation.summary} />}
        </p>
        {stuck !== null && (
          <p className="text-sm font-medium wrap-anywhere text-tone" dir="auto">
            {plainText(stuck.why)}
          </p>
        )}
        {waits_for !== '' && stuck === null && (
          <p data-tone="warn" className="flex flex-wrap items-baseline text-sm wrap-anywhere text-tone" dir="auto">
            {plainText(waits_for)}
            <OpenTarget id={target_id} small />
          </p>
        )}
        {outcome !== '' && stuck === null && (
          <p
            data-tone={failed ? 'bad' : 'off'}
            className={`clamp-2 text-sm wrap-anywhere ${failed ? 'text-tone' : 'text-soft'}`}
            dir="auto"
          >
            {failed ? outcome : <Answer text={outcome} />}
          </p>
        )}
        {stuck !== null && (
          <div ref={keepFocus} className="relative flex flex-wrap items-center gap-2 pt-1">
            <DelegationActions delegation={delegation} small onCancel={() => onCancel(delegation)} />
          </div>
        )}
      </div>
      <p className="text-xs text-faint max-md:hidden md:text-right">
        <Times delegation={delegation} />
      </p>
    </li>
  );
}

function Arrow() {
  return (
    <>
      <span aria-hidden="true" className="px-1.5 font-normal text-faint">
        →
      </span>
      <span className="sr-only"> asked </span>
    </>
  );
}

function Answer({ text }: { text: string }) {
  return (
    <>
      <span className="text-faint">answered </span>
      <RedactedText text={text} />
    </>
  );
}

function Times({ delegation: { created_at, ended_at, attempts } }: { delegation: ShownDelegation }) {
  return (
    <>
      <span className="text-soft">
        <Age at={created_at} /> ago
      </span>
      <span className="md:block">
        <span className="md:hidden"> · </span>
        {ended_at === null ? 'for ' : 'took '}
        <RunTook from={created_at} to={ended_at} />
      </span>
      {attempts > 1 && <span className="max-md:hidden md:block">{attempts} attempts</span>}
    </>
  );
}
