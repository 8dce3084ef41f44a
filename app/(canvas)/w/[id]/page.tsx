import type { Metadata } from 'next';
import { headers } from 'next/headers';
import { notFound, redirect } from 'next/navigation';
import { connection } from 'next/server';
import { cache } from 'react';
import { activityFilterOf, readActivityPlace } from '#components/activity/activity-params.ts';
import { SeedFleet } from '#components/shell/seed-fleet.tsx';
import { plainText } from '#components/ui/plain-text.ts';
import { GoneNotice } from '#components/workspace/gone-notice.tsx';
import type { OverviewData } from '#components/workspace/workspace-overview.tsx';
import { WorkspaceScreen, type WorkspaceView } from '#components/workspace/workspace-screen.tsx';
import { readWorkspaceTab } from '#components/workspace/workspace-tabs.ts';
import { context } from '#lib/context.ts';
import { errorCodeOf } from '#lib/contract/errors.ts';
import type { WorkspaceDetail } from '#lib/contract/workspaces.ts';

/** As many as the panel asks for at once. */
const RESTARTS_SHOWN = 5;
const ROWS_SHOWN = 50;

interface PageProps {
  params: Promise<{ id: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

/** The detail, or why there is none. Asked for once, though both the title and the page need it. */
const detailOf = cache(async (id: string) => {
  await connection();
  const canvas = context();
  const actor = canvas.actorOf(await headers());
  if (actor === null) redirect('/sign-in');
  try {
    return { actor, detail: await canvas.verbs.getWorkspace(actor, { id }), refusal: null };
  } catch (refused) {
    const code = errorCodeOf(refused);
    if (code !== 'gone' && code !== 'not_found' && code !== 'bad_request') throw refused;
    return { actor, detail: null, refusal: code };
  }
});

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  const { detail } = await detailOf(decodeURIComponent((await params).id));
  return { title: detail === null ? 'No such workspace' : plainText(detail.name) };
}

export default async function WorkspacePage({ params, searchParams }: PageProps) {
  const id = decodeURIComponent((await params).id);
  const { actor, detail, refusal } = await detailOf(id);
  if (refusal === 'gone') return <GoneNotice id={id} />;
  if (detail === null) notFound();
  const query = await searchParams;
  const { verbs } = context();
  const [view, bars] = await Promise.all([
    viewOf(actor, detail, (name) => [query[name]].flat()[0]),
    verbs.historyBars(actor, { ids: [id] }),
  ]);
  const {
    agent_card: _agentCard,
    config: _config,
    evidence: _evidence,
    ancestors: _ancestors,
    children: _children,
    wake_on_message: _wake,
    ...card
  } = detail;
  const known = [...detail.ancestors, ...detail.children];
  return (
    <SeedFleet seed={{ cards: [card], known, bars, seq: null, now: Date.now() }}>
      <WorkspaceScreen key={id} id={id} detail={detail} view={view} />
    </SeedFleet>
  );
}

type Verbs = ReturnType<typeof context>['verbs'];
type Actor = Parameters<Verbs['getWorkspace']>[0];

/** What the view that is asked for shows first. */
async function viewOf(actor: Actor, detail: WorkspaceDetail, param: (name: string) => string | undefined): Promise<WorkspaceView> {
  const { verbs } = context();
  const { id } = detail;
  const tab = readWorkspaceTab(param('show'));
  switch (tab) {
    case 'delegations':
      return { tab, data: await verbs.allDelegations(actor, { workspace: id, limit: ROWS_SHOWN }) };
    case 'activity':
      return { tab, data: await verbs.listActivity(actor, { id, ...activityFilterOf(readActivityPlace(param)), limit: ROWS_SHOWN }) };
    case 'messages':
      return { tab, data: await verbs.listActivity(actor, { id, type: 'a2a_receive', source: 'canvas', limit: ROWS_SHOWN }) };
    default:
      return { tab, data: await overviewOf(actor, detail) };
  }
}

async function overviewOf(actor: Actor, { id, provisioner }: WorkspaceDetail): Promise<OverviewData> {
  const { verbs } = context();
  const [history, events, tokens, log, restarts, snapshots, queue] = await Promise.all([
    verbs.workspaceHistory(actor, { id, hours: 24 }),
    verbs.workspaceEvents(actor, { id }),
    verbs.listTokens(actor, { id }),
    // A log that cannot be read is no reason to show nothing: the page asks again and says why.
    provisioner === 'process' ? verbs.workspaceLog(actor, { id, lines: 200 }).catch(() => null) : null,
    verbs.workspaceRestarts(actor, { id, limit: RESTARTS_SHOWN }),
    verbs.listSnapshots(actor, { id }),
    verbs.listQueue(actor, { id }),
  ]);
  return { history, events, tokens, log: log?.lines ?? null, restarts, snapshots, queue };
}
