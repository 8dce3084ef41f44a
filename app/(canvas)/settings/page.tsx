import type { Metadata } from 'next';
import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { connection } from 'next/server';
import { SettingsScreen } from '#components/settings/settings-screen.tsx';
import { context } from '#lib/context.ts';

export const metadata: Metadata = { title: 'Settings' };

export default async function SettingsPage() {
  await connection();
  const { actorOf, verbs } = context();
  const actor = actorOf(await headers());
  if (actor === null) redirect('/sign-in');
  const [channels, deliveries, preferences, { mutes }] = await Promise.all([
    verbs.listChannels(actor, {}),
    verbs.listDeliveries(actor, {}),
    verbs.getPreferences(actor, {}),
    verbs.listInbox(actor, { limit: 1 }),
  ]);
  return <SettingsScreen channels={channels} deliveries={deliveries} preferences={preferences} mutes={mutes} />;
}
