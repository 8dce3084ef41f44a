'use client';

import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect } from 'react';
import { useWorkspace } from '#components/fleet/use-workspace.ts';
import { QueuePanel } from '#components/queue/queue-panel.tsx';
import { RestartsPanel } from '#components/restarts/restarts-panel.tsx';
import { useCatchUp, useLive } from '#components/shell/canvas-live.tsx';
import { SnapshotsPanel } from '#components/snapshots/snapshots-panel.tsx';
import { SHOWN_TONE } from '#components/status/shown-tone.ts';
import { callApi } from '#lib/client/api.ts';
import { mergeCards } from '#lib/client/fleet-cache.ts';
import type { TokenRow } from '#lib/contract/access.ts';
import type { LedgerEvent } from '#lib/contract/events.ts';
import type { HistoryAnswer } from '#lib/contract/history.ts';
import type { QueuePage } from '#lib/contract/messages.ts';
import type { RestartPage } from '#lib/contract/restarts.ts';
import type { SnapshotRow } from '#lib/contract/snapshots.ts';
import type { WorkspaceDetail } from '#lib/contract/workspaces.ts';
import { shownState } from '#lib/domain/shown-state.ts';
import { AgentCardPanel } from './agent-card-panel.tsx';
import { ChildrenPanel } from './children-panel.tsx';
import { EvidencePanel } from './evidence-panel.tsx';
import { GoneNotice } from './gone-notice.tsx';
import { HistoryPanel } from './history-panel.tsx';
import { LogPanel } from './log-panel.tsx';
import { TimelinePanel } from './timeline-panel.tsx';
import { TokensPanel } from './tokens-panel.tsx';
import { detailKey, useDetail } from './use-detail.ts';
import { Vitals } from './vitals.tsx';
import { WorkspaceHead } from './workspace-head.tsx';

interface WorkspaceScreenProps {
  id: string;
  detail: WorkspaceDetail;
  history: HistoryAnswer;
  events: LedgerEvent[];
  tokens: TokenRow[];
  /** The last lines of its local process; null when it has none, or they could not be read. */
  log: string[] | null;
  restarts: RestartPage;
  snapshots: SnapshotRow[];
  queue: QueuePage;
}

/** One workspace: how it is and why, its day, what happened, who may speak for it. */
export function WorkspaceScreen({ id, detail, history, events, tokens, log, restarts, snapshots, queue }: WorkspaceScreenProps) {
  const client = useQueryClient();
  const live = useLive();
  const entry = useWorkspace(id);
  const { data, error, refetch } = useDetail(id, detail);

  useCatchUp(
    useCallback(
      async (signal: AbortSignal) => {
        const {
          agent_card: _card,
          config: _config,
          evidence: _evidence,
          ancestors: _ancestors,
          children: _children,
          wake_on_message: _wake,
          ...card
        } = await callApi<WorkspaceDetail>('GET /workspaces/:id', { params: { id }, signal });
        mergeCards(client, [card]);
        await client.invalidateQueries({ predicate: (query) => query.queryKey[1] === id && query.queryKey[0] !== 'workspace' });
      },
      [client, id],
    ),
  );
  useEffect(
    () =>
      live.onLedger((event, workspace) => {
        const parentOrChild = workspace?.parent_id === id;
        if (event.workspace_id === id)
          void client.invalidateQueries({
            predicate: (query) => query.queryKey[1] === id && query.queryKey[0] !== 'workspace' && query.queryKey[0] !== 'log',
          });
        else if (parentOrChild || event.type === 'workspace.removed') void client.invalidateQueries({ queryKey: detailKey(id) });
      }),
    [live, client, id],
  );

  if (!entry) return <GoneNotice id={id} />;
  const { card } = entry;
  const state = shownState(card);
  const known = data ?? detail;
  return (
    <main data-tone={SHOWN_TONE[state]} className="mx-auto grid w-full max-w-7xl gap-4 px-3 py-4 sm:px-5">
      <WorkspaceHead card={card} state={state} ancestors={known.ancestors} />
      <Vitals card={card} state={state} />
      <HistoryPanel id={id} initial={history} />
      <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <div className="grid min-w-0 gap-4">
          <EvidencePanel card={card} state={state} evidence={known.evidence} error={error} onRetry={() => void refetch()} />
          <RestartsPanel id={id} initial={restarts} />
          <TimelinePanel id={id} initial={events} />
          {card.provisioner === 'process' && <LogPanel id={id} initial={log} />}
        </div>
        <div className="grid min-w-0 gap-4">
          <QueuePanel
            id={id}
            queued={card.queued}
            wakeOnMessage={card.provisioner === 'process' ? known.wake_on_message : null}
            initial={queue}
          />
          <SnapshotsPanel id={id} canRestore={card.provisioner === 'process'} initial={snapshots} />
          {known.children.length > 0 && <ChildrenPanel items={known.children} />}
          <TokensPanel id={id} name={card.name} initial={tokens} />
          <AgentCardPanel agentCard={known.agent_card} />
        </div>
      </div>
    </main>
  );
}
