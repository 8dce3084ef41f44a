'use client';

import type { ReactNode } from 'react';
import { errorText } from '#components/fleet/error-text.ts';
import { Age } from '#components/ui/age.tsx';
import { formatCount } from '#components/ui/format-count.ts';
import { LocalTime } from '#components/ui/local-time.tsx';
import { plainText } from '#components/ui/plain-text.ts';
import type { WorkspaceCard, WorkspaceEvidence } from '#lib/contract/workspaces.ts';
import { processText } from './process-text.ts';

function Row({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="contents">
      <dt className="text-faint">{name}</dt>
      <dd className="min-w-0 wrap-anywhere text-text">{children}</dd>
    </div>
  );
}

function Moment({ at, none = 'never' }: { at: number | null; none?: string }) {
  if (at === null) return <>{none}</>;
  return (
    <>
      <Age at={at} /> ago{' '}
      <span className="text-faint">
        (<LocalTime at={at} />)
      </span>
    </>
  );
}

/** The facts that the status was decided from, each with its time. The live card tells what moves, the evidence what only the platform knows. */
export function EvidenceList({ card, evidence }: { card: WorkspaceCard; evidence: WorkspaceEvidence }) {
  const capabilities = Object.entries(evidence.capabilities)
    .filter(([, on]) => on)
    .map(([name]) => plainText(name));
  return (
    <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1 text-sm">
      <Row name="Last beat">
        <Moment at={card.last_heartbeat_at} none="none yet" />
      </Row>
      <Row name="Promises one every">{formatCount(card.interval_seconds)} s</Row>
      <Row name="Last full beat">
        <Moment at={evidence.last_full_beat_at} none="none yet" />
      </Row>
      <Row name="Last progress">
        <Moment at={evidence.last_progress_at} />
      </Row>
      <Row name="Says it is stuck">
        {evidence.wedged === null ? (
          'no'
        ) : (
          <>
            yes, since <LocalTime at={evidence.wedged.since} />: <span dir="auto">{plainText(evidence.wedged.reason)}</span>
          </>
        )}
      </Row>
      <Row name="Failed requests">
        {errorText(card)}
        {card.last_requests === null && card.last_error_rate !== null ? ' (it does not say of how many)' : ''}
      </Row>
      {card.last_sample_error !== '' && (
        <Row name="Last error">
          <span dir="auto">{plainText(card.last_sample_error)}</span>
        </Row>
      )}
      <Row name="Tasks in flight">{formatCount(card.active_tasks)}</Row>
      <Row name="Token refused">{card.token_rejected_at === null ? 'no' : <Moment at={card.token_rejected_at} />}</Row>
      <Row name="Booted">
        <Moment at={evidence.booted_at} none="not seen" />
        {card.boot_id !== null && <span className="block font-mono text-xs text-faint">{plainText(card.boot_id)}</span>}
      </Row>
      {evidence.process !== null && (
        <Row name="Process here">
          {processText(evidence.process)}
          {evidence.process.seen_alive_at !== null && evidence.process.state === 'running' && (
            <span className="text-faint">
              , seen <Age at={evidence.process.seen_alive_at} /> ago
            </span>
          )}
        </Row>
      )}
      {capabilities.length > 0 && <Row name="Capabilities">{capabilities.join(', ')}</Row>}
    </dl>
  );
}
