import type { Metadata } from 'next';
import { headers } from 'next/headers';
import { notFound, redirect } from 'next/navigation';
import { connection } from 'next/server';
import { BulkScreen } from '#components/bulk/bulk-screen.tsx';
import { context } from '#lib/context.ts';
import { errorCodeOf } from '#lib/contract/errors.ts';

export const metadata: Metadata = { title: 'Restart of many' };

export default async function BulkPage({ params }: { params: Promise<{ bulk: string }> }) {
  await connection();
  const id = decodeURIComponent((await params).bulk);
  const { actorOf, verbs } = context();
  const actor = actorOf(await headers());
  if (actor === null) redirect('/sign-in');
  const bulk = await verbs.getBulk(actor, { id }).catch((refused: unknown) => {
    const code = errorCodeOf(refused);
    if (code === 'not_found' || code === 'bad_request') notFound();
    throw refused;
  });
  return <BulkScreen key={id} id={id} initial={bulk} />;
}
