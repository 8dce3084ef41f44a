'use client';

import { QueuePanel } from '#components/queue/queue-panel.tsx';
import { RestartsPanel } from '#components/restarts/restarts-panel.tsx';
import { SnapshotsPanel } from '#components/snapshots/snapshots-panel.tsx';
import type { TokenRow } from '#lib/contract/access.ts';
import type { LedgerEvent } from '#lib/contract/events.ts';
import type { HistoryAnswer } from '#lib/contract/history.ts';
import type { QueuePage } from '#lib/contract/messages.ts';
import type { RestartPage } from '#lib/contract/restarts.ts';
import type { SnapshotRow } from '#lib/contract/snapshots.ts';
import type { ShownState } from '#lib/contract/workspace-status.ts';
import type { WorkspaceCard, WorkspaceDetail } from '#lib/contract/workspaces.ts';
import { AgentCardPanel } from './agent-card-panel.tsx';
import { ChildrenPanel } from './children-panel.tsx';
import { EvidencePanel } from './evidence-panel.tsx';
import { HistoryPanel } from './history-panel.tsx';
import { LogPanel } from './log-panel.tsx';
import { TimelinePanel } from './timeline-panel.tsx';
import { TokensPanel } from './tokens-panel.tsx';
import { Vitals } from './vitals.tsx';

/** What the server sends along for the overview. */
export interface OverviewData {
  history: HistoryAnswer;
  events: LedgerEvent[];
  tokens: TokenRow[];
  /** The last lines of its local process; null when it has none, or they could not be read. */
  log: string[] | null;
  restarts: RestartPage;
  snapshots: SnapshotRow[];
  queue: QueuePage;
}

interface WorkspaceOverviewProps {
  card: WorkspaceCard;
  state: ShownState;
  detail: WorkspaceDetail;
  data: OverviewData;
  /** Why the detail could not be brought up to date. */
  error: Error | null;
  onRetry: () => void;
}

/** How a workspace is and why, its day, what happened, who may speak for it. */
export function WorkspaceOverview({ card, state, detail, data, error, onRetry }: WorkspaceOverviewProps) {
  const { id } = card;
  const provisioned = card.provisioner === 'process';
  return (
    <>
      <Vitals card={card} state={state} />
      <HistoryPanel id={id} initial={data.history} />
      <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <div className="grid min-w-0 gap-4">
          <EvidencePanel card={card} state={state} evidence={detail.evidence} error={error} onRetry={onRetry} />
          <RestartsPanel id={id} initial={data.restarts} />
          <TimelinePanel id={id} initial={data.events} />
          {provisioned && <LogPanel id={id} initial={data.log} />}
        </div>
        <div className="grid min-w-0 gap-4">
          <QueuePanel id={id} queued={card.queued} wakeOnMessage={provisioned ? detail.wake_on_message : null} initial={data.queue} />
          <SnapshotsPanel id={id} canRestore={provisioned} initial={data.snapshots} />
          {detail.children.length > 0 && <ChildrenPanel items={detail.children} />}
          <TokensPanel id={id} name={card.name} initial={data.tokens} />
          <AgentCardPanel agentCard={detail.agent_card} />
        </div>
      </div>
    </>
  );
}
