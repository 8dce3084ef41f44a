import type { Metadata } from 'next';
import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { connection } from 'next/server';
import { readInboxFilter } from '#components/inbox/inbox-params.ts';
import { InboxScreen } from '#components/inbox/inbox-screen.tsx';
import { context } from '#lib/context.ts';

export const metadata: Metadata = { title: 'Inbox' };

export default async function InboxPage({ searchParams }: { searchParams: Promise<Record<string, string | string[] | undefined>> }) {
  await connection();
  const { actorOf, verbs } = context();
  const actor = actorOf(await headers());
  if (actor === null) redirect('/sign-in');
  const params = await searchParams;
  const filter = readInboxFilter((name) => [params[name]].flat()[0]);
  const page = await verbs.listInbox(actor, {
    view: filter.view,
    ...(filter.workspace === null ? {} : { workspace: filter.workspace }),
    ...(filter.kind === null ? {} : { kind: filter.kind }),
  });
  return <InboxScreen first={{ filter, page, incident: null }} />;
}
