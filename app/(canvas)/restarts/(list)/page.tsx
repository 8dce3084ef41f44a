import type { Metadata } from 'next';
import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { connection } from 'next/server';
import { RestartsScreen } from '#components/restarts/restarts-screen.tsx';
import { context } from '#lib/context.ts';

export const metadata: Metadata = { title: 'Restarts' };

export default async function RestartsPage() {
  await connection();
  const { actorOf, verbs } = context();
  const actor = actorOf(await headers());
  if (actor === null) redirect('/sign-in');
  const [running, past, bulks] = await Promise.all([
    verbs.listRestarts(actor, { active: 'true', limit: 200 }),
    verbs.listRestarts(actor, { active: 'false' }),
    verbs.listBulk(actor, {}),
  ]);
  return <RestartsScreen running={running} past={past} bulks={bulks} />;
}
