'use client';

import { useQueryClient } from '@tanstack/react-query';
import { useSearchParams } from 'next/navigation';
import { useCallback, useEffect, useState } from 'react';
import { ActivityPanel } from '#components/activity/activity-panel.tsx';
import { type ActivityPlace, activityAddress, readActivityPlace } from '#components/activity/activity-params.ts';
import { DelegationsPanel } from '#components/delegations/delegations-panel.tsx';
import { useWorkspace } from '#components/fleet/use-workspace.ts';
import { MessagesPanel } from '#components/messages/messages-panel.tsx';
import { useCatchUp, useLive } from '#components/shell/canvas-live.tsx';
import { SHOWN_TONE } from '#components/status/shown-tone.ts';
import { ViewLinks } from '#components/ui/view-links.tsx';
import { callApi } from '#lib/client/api.ts';
import { mergeCards } from '#lib/client/fleet-cache.ts';
import { refreshOn } from '#lib/client/refresh.ts';
import type { ActivityRow } from '#lib/contract/activity.ts';
import type { DelegationPage } from '#lib/contract/delegations.ts';
import type { WorkspaceDetail } from '#lib/contract/workspaces.ts';
import { shownState } from '#lib/domain/shown-state.ts';
import { GoneNotice } from './gone-notice.tsx';
import { detailKey, useDetail } from './use-detail.ts';
import { WorkspaceHead } from './workspace-head.tsx';
import { type OverviewData, WorkspaceOverview } from './workspace-overview.tsx';
import { WORKSPACE_TAB_LABEL, WORKSPACE_TABS, workspaceAddress } from './workspace-tabs.ts';

/** The view that was asked for, with what the server sends along for it. */
export type WorkspaceView =
  | { tab: 'overview'; data: OverviewData }
  | { tab: 'delegations'; data: DelegationPage }
  | { tab: 'activity'; data: ActivityRow[] }
  | { tab: 'messages'; data: ActivityRow[] };

/** One workspace: how it is, what it asked and was asked, what it did, what people say to it. */
export function WorkspaceScreen({ id, detail, view }: { id: string; detail: WorkspaceDetail; view: WorkspaceView }) {
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
  useEffect(() => {
    const stops = [
      refreshOn(
        live,
        (event) => event.workspace_id === id,
        () =>
          client.invalidateQueries({
            predicate: ({ queryKey: [what, of] }) => of === id && what !== 'workspace' && what !== 'log',
          }),
      ),
      refreshOn(
        live,
        (event, workspace) => event.workspace_id !== id && (workspace?.parent_id === id || event.type === 'workspace.removed'),
        () => client.invalidateQueries({ queryKey: detailKey(id) }),
      ),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }, [live, client, id]);

  if (!entry) return <GoneNotice id={id} />;
  const { card } = entry;
  const state = shownState(card);
  const known = data ?? detail;
  return (
    <main data-tone={SHOWN_TONE[state]} className="mx-auto grid w-full max-w-7xl gap-4 px-3 py-4 sm:px-5">
      <WorkspaceHead card={card} state={state} ancestors={known.ancestors} />
      <ViewLinks
        label="Views of this workspace"
        current={view.tab}
        views={WORKSPACE_TABS.map((key) => ({ key, label: WORKSPACE_TAB_LABEL[key], href: workspaceAddress(id, key), count: null }))}
      />
      {view.tab === 'overview' && (
        <WorkspaceOverview card={card} state={state} detail={known} data={view.data} error={error} onRetry={() => void refetch()} />
      )}
      {view.tab === 'delegations' && <DelegationsPanel id={id} initial={view.data} />}
      {view.tab === 'activity' && <Activity id={id} initial={view.data} />}
      {view.tab === 'messages' && <MessagesPanel id={id} name={card.name} initial={view.data} />}
    </main>
  );
}

/** The filters are in the address; another filter asks the platform, not the server for the page. */
function Activity({ id, initial }: { id: string; initial: ActivityRow[] }) {
  const params = useSearchParams();
  const place = readActivityPlace((name) => params.get(name));
  const change = useCallback((next: Partial<ActivityPlace>) => {
    const now = new URLSearchParams(location.search);
    history.replaceState(null, '', activityAddress(location.pathname, { ...readActivityPlace((name) => now.get(name)), ...next }));
  }, []);
  // What the server sent is for the filters that it was asked with: those of the first paint.
  const [asked] = useState(JSON.stringify(place));
  return <ActivityPanel id={id} place={place} onChange={change} initial={JSON.stringify(place) === asked ? initial : null} />;
}
