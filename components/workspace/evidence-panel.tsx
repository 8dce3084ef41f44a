'use client';

import { SHOWN_STATE_LABEL, type ShownState } from '#lib/contract/workspace-status.ts';
import type { WorkspaceCard, WorkspaceEvidence } from '#lib/contract/workspaces.ts';
import { EvidenceList } from './evidence-list.tsx';
import { Panel } from './panel.tsx';
import { PanelFailure } from './panel-failure.tsx';
import { STATUS_RULE } from './status-rule.ts';

export function EvidencePanel({
  card,
  state,
  evidence,
  error,
  onRetry,
}: {
  card: WorkspaceCard;
  state: ShownState;
  evidence: WorkspaceEvidence;
  error: Error | null;
  onRetry: () => void;
}) {
  return (
    <Panel id="evidence" title={`Why ${SHOWN_STATE_LABEL[state].toLowerCase()}`}>
      <p className="max-w-prose text-sm text-soft">{STATUS_RULE[state]}</p>
      {error !== null && <PanelFailure what="The evidence" error={error} onRetry={onRetry} />}
      <EvidenceList card={card} evidence={evidence} />
    </Panel>
  );
}
