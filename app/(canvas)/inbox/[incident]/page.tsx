import type { Metadata } from 'next';
import { headers } from 'next/headers';
import { notFound, redirect } from 'next/navigation';
import { connection } from 'next/server';
import { cache } from 'react';
import { readInboxFilter } from '#components/inbox/inbox-params.ts';
import { InboxScreen } from '#components/inbox/inbox-screen.tsx';
import { context } from '#lib/context.ts';
import { errorCodeOf } from '#lib/contract/errors.ts';

interface PageProps {
  params: Promise<{ incident: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

/** The incident, or null when there is none. Asked for once, though both the title and the page need it. */
const incidentOf = cache(async (id: string) => {
  await connection();
  const { actorOf, verbs } = context();
  const actor = actorOf(await headers());
  if (actor === null) redirect('/sign-in');
  try {
    return { actor, incident: await verbs.getIncident(actor, { incident: id }) };
  } catch (refused) {
    const code = errorCodeOf(refused);
    if (code !== 'not_found' && code !== 'bad_request') throw refused;
    return { actor, incident: null };
  }
});

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  const { incident } = await incidentOf(decodeURIComponent((await params).incident));
  // Not the incident's own title: another one may be opened beside the list without a page being made.
  return { title: incident === null ? 'No such incident' : 'Inbox' };
}

export default async function IncidentPage({ params, searchParams }: PageProps) {
  const { actor, incident } = await incidentOf(decodeURIComponent((await params).incident));
  if (incident === null) notFound();
  const asked = await searchParams;
  const filter = readInboxFilter((name) => [asked[name]].flat()[0]);
  const page = await context().verbs.listInbox(actor, {
    view: filter.view,
    ...(filter.workspace === null ? {} : { workspace: filter.workspace }),
    ...(filter.kind === null ? {} : { kind: filter.kind }),
  });
  return <InboxScreen first={{ filter, page, incident }} />;
}
