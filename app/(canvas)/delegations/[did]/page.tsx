import type { Metadata } from 'next';
import { headers } from 'next/headers';
import { notFound, redirect } from 'next/navigation';
import { connection } from 'next/server';
import { cache } from 'react';
import { DelegationScreen } from '#components/delegations/delegation-screen.tsx';
import { plainText } from '#components/ui/plain-text.ts';
import { context } from '#lib/context.ts';
import { errorCodeOf } from '#lib/contract/errors.ts';

interface PageProps {
  params: Promise<{ did: string }>;
}

/** The delegation, or null when there is none. Asked for once, though both the title and the page need it. */
const delegationOf = cache(async (did: string) => {
  await connection();
  const { actorOf, verbs } = context();
  const actor = actorOf(await headers());
  if (actor === null) redirect('/sign-in');
  try {
    return await verbs.getDelegation(actor, { did });
  } catch (refused) {
    const code = errorCodeOf(refused);
    if (code !== 'not_found' && code !== 'bad_request') throw refused;
    return null;
  }
});

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  const delegation = await delegationOf(decodeURIComponent((await params).did));
  if (delegation === null) return { title: 'No such delegation' };
  return { title: `${plainText(delegation.source_name)} → ${plainText(delegation.target_name)}` };
}

export default async function DelegationPage({ params }: PageProps) {
  const id = decodeURIComponent((await params).did);
  const delegation = await delegationOf(id);
  if (delegation === null) notFound();
  return <DelegationScreen key={id} id={id} initial={delegation} />;
}
