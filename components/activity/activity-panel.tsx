'use client';

import { useCallback, useEffect, useRef } from 'react';
import { WorkspaceFilter } from '#components/delegations/workspace-filter.tsx';
import { useWorkspaceName } from '#components/fleet/use-workspace.ts';
import { Button } from '#components/ui/button.tsx';
import { SearchField } from '#components/ui/search-field.tsx';
import { Panel } from '#components/workspace/panel.tsx';
import { PanelFailure } from '#components/workspace/panel-failure.tsx';
import type { ActivityRow, ActivityType } from '#lib/contract/activity.ts';
import { type ActivityPlace, activityFilterOf } from './activity-params.ts';
import { ActivityRowView } from './activity-row-view.tsx';
import { ACTIVITY_LABEL, isActivityType } from './activity-words.ts';
import { useActivity } from './use-activity.ts';

interface ActivityPanelProps {
  id: string;
  place: ActivityPlace;
  onChange: (change: Partial<ActivityPlace>) => void;
  /** The newest rows of `place`, if the server has sent them along. */
  initial: ActivityRow[] | null;
}

/** The log of what happened to a workspace: every message, and what it noted itself. Live; older ones as it is scrolled. */
export function ActivityPanel({ id, place, onChange, initial }: ActivityPanelProps) {
  const { rows, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useActivity(id, activityFilterOf(place), initial);
  const peerName = useWorkspaceName(place.peer === '' ? null : place.peer);
  const search = useCallback((q: string) => onChange({ q }), [onChange]);
  const filtered = place.type !== null || place.peer !== '' || place.q.trim() !== '';
  return (
    <Panel id="activity" title="Activity" note="newest first">
      <search className="flex flex-wrap items-center gap-2">
        <select
          aria-label="Which kind"
          value={place.type ?? ''}
          onChange={({ target }) => onChange({ type: isActivityType(target.value) ? target.value : null })}
          className="h-8 rounded-md border border-line bg-bg px-2 text-sm hover:border-line-strong coarse:h-11 coarse:text-base"
        >
          <option value="">Every kind</option>
          {(Object.keys(ACTIVITY_LABEL) as ActivityType[]).map((type) => (
            <option key={type} value={type}>
              {ACTIVITY_LABEL[type]}
            </option>
          ))}
        </select>
        <WorkspaceFilter
          label="With which workspace"
          placeholder="With any workspace"
          word="with"
          chosen={place.peer}
          known={peerName}
          onChange={(peer) => onChange({ peer })}
        />
        <div className="min-w-40 flex-1 sm:max-w-sm">
          <SearchField label="Search the texts" value={place.q} onChange={search} />
        </div>
      </search>
      {error !== null && <PanelFailure what="The activity" error={error} onRetry={() => void refetch()} />}
      {rows === null && error === null && (
        <div role="status" aria-label="Loading the activity" className="h-40 animate-pulse rounded-md bg-text/5" />
      )}
      {rows?.length === 0 && error === null && (
        <div className="grid justify-items-center gap-2 py-6 text-center text-sm text-faint">
          {filtered ? 'Nothing is like that.' : 'Nothing yet. Messages to it and from it are written down here, and what it notes itself.'}
          {filtered && <Button onClick={() => onChange({ type: null, peer: '', q: '' })}>Show everything</Button>}
        </div>
      )}
      {rows !== null && rows.length > 0 && (
        <ol aria-label="Activity, newest first" className="-mx-4 border-y border-line">
          {rows.map((row) => (
            <ActivityRowView key={row.id} row={row} />
          ))}
        </ol>
      )}
      {hasNextPage && <OlderOnScroll busy={isFetchingNextPage} onMore={() => void fetchNextPage()} />}
    </Panel>
  );
}

/** Asks for more when it comes into sight; a button for whoever does not scroll. */
function OlderOnScroll({ busy, onMore }: { busy: boolean; onMore: () => void }) {
  const ref = useRef<HTMLDivElement>(null);
  const more = useRef(onMore);
  more.current = onMore;
  useEffect(() => {
    if (ref.current === null || busy) return;
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting === true && more.current(), { rootMargin: '400px' });
    observer.observe(ref.current);
    return () => observer.disconnect();
  }, [busy]);
  return (
    <div ref={ref} className="flex justify-center">
      <Button small disabled={busy} onClick={onMore}>
        {busy ? 'Fetching older ones…' : 'Show older ones'}
      </Button>
    </div>
  );
}
