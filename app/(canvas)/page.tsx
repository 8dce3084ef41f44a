import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { connection } from 'next/server';
import { FleetScreen } from '#components/fleet/fleet-screen.tsx';
import { SeedFleet } from '#components/shell/seed-fleet.tsx';
import { context } from '#lib/context.ts';

const FIRST_CARDS = 48;

export default async function FleetPage() {
  await connection();
  const canvas = context();
  const actor = canvas.actorOf(await headers());
  if (actor === null) redirect('/sign-in');
  const page = await canvas.verbs.listWorkspaces(actor, { sort: 'attention', limit: FIRST_CARDS });
  const ids = page.items.map((card) => card.id);
  const bars = ids.length === 0 ? { minute: 0, bars: {} } : await canvas.verbs.historyBars(actor, { ids });
  return (
    <SeedFleet seed={{ cards: page.items, bars, seq: page.seq, now: page.now }}>
      <FleetScreen />
    </SeedFleet>
  );
}
