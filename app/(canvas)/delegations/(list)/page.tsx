import type { Metadata } from 'next';
import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { connection } from 'next/server';
import { filterOf, readDelegationsQuery } from '#components/delegations/delegations-params.ts';
import { DelegationsScreen } from '#components/delegations/delegations-screen.tsx';
import { context } from '#lib/context.ts';

export const metadata: Metadata = { title: 'Delegations' };

/** As many as the list asks for at once. */
const SHOWN = 50;

export default async function DelegationsPage({ searchParams }: { searchParams: Promise<Record<string, string | string[] | undefined>> }) {
  await connection();
  const params = await searchParams;
  const { actorOf, verbs } = context();
  const actor = actorOf(await headers());
  if (actor === null) redirect('/sign-in');
  const asked = readDelegationsQuery((name) => [params[name]].flat()[0]);
  return <DelegationsScreen asked={asked} initial={await verbs.allDelegations(actor, { ...filterOf(asked), limit: SHOWN })} />;
}
