import type { Metadata } from 'next';
import { headers } from 'next/headers';
import { notFound, redirect } from 'next/navigation';
import { connection } from 'next/server';
import { cache } from 'react';
import { SeedFleet } from '#components/shell/seed-fleet.tsx';
import { plainText } from '#components/ui/plain-text.ts';
import { GoneNotice } from '#components/workspace/gone-notice.tsx';
import { WorkspaceScreen } from '#components/workspace/workspace-screen.tsx';
import { context } from '#lib/context.ts';
import { errorCodeOf } from '#lib/contract/errors.ts';

/** As many as the panel asks for at once. */
const RESTARTS_SHOWN = 5;

interface PageProps {
  params: Promise<{ id: string }>;
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

export default async function WorkspacePage({ params }: PageProps) {
  const id = decodeURIComponent((await params).id);
  const { actor, detail, refusal } = await detailOf(id);
  if (refusal === 'gone') return <GoneNotice id={id} />;
  if (detail === null) notFound();
  const { verbs } = context();
  const provisioned = detail.provisioner === 'process';
  const [history, events, tokens, log, bars, restarts, snapshots, queue] = await Promise.all([
    verbs.workspaceHistory(actor, { id, hours: 24 }),
    verbs.workspaceEvents(actor, { id }),
    verbs.listTokens(actor, { id }),
    // A log that cannot be read is no reason to show nothing: the page asks again and says why.
    provisioned ? verbs.workspaceLog(actor, { id, lines: 200 }).catch(() => null) : null,
    verbs.historyBars(actor, { ids: [id] }),
    verbs.workspaceRestarts(actor, { id, limit: RESTARTS_SHOWN }),
    verbs.listSnapshots(actor, { id }),
    verbs.listQueue(actor, { id }),
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
  return (
    <SeedFleet seed={{ cards: [card], known: [...detail.ancestors, ...detail.children], bars, seq: null, now: history.now }}>
      <WorkspaceScreen
        id={id}
        detail={detail}
        history={history}
        events={events}
        tokens={tokens}
        log={log?.lines ?? null}
        restarts={restarts}
        snapshots={snapshots}
        queue={queue}
      />
    </SeedFleet>
  );
}
