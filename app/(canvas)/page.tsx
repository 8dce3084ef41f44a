import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { connection } from 'next/server';
import { readFleetQuery, SORTS_DOWN } from '#components/fleet/fleet-params.ts';
import { FleetScreen } from '#components/fleet/fleet-screen.tsx';
import { SeedFleet } from '#components/shell/seed-fleet.tsx';
import { context } from '#lib/context.ts';
import { parentsOf } from './parents-of.ts';

const FIRST_CARDS = 48;

/** Painted with real data: the first cards as the address asks for them, their last hour, and the counts of all. */
export default async function FleetPage({ searchParams }: { searchParams: Promise<Record<string, string | string[] | undefined>> }) {
  await connection();
  const canvas = context();
  const actor = canvas.actorOf(await headers());
  if (actor === null) redirect('/sign-in');
  const params = await searchParams;
  const { q, state, sort } = readFleetQuery((name) => [params[name]].flat()[0]);
  const page = await canvas.verbs.listWorkspaces(actor, {
    sort,
    order: SORTS_DOWN[sort] ? 'desc' : 'asc',
    limit: FIRST_CARDS,
    ...(q === '' ? {} : { q }),
    ...(state.length === 0 ? {} : { state: state.join(',') }),
  });
  const ids = page.items.map((card) => card.id);
  const [bars, parents] = await Promise.all([
    ids.length === 0 ? { minute: 0, bars: {} } : canvas.verbs.historyBars(actor, { ids }),
    parentsOf(canvas.verbs, actor, page.items),
  ]);
  return (
    <SeedFleet seed={{ cards: page.items, known: parents, bars, seq: page.seq, now: page.now }}>
      <FleetScreen first={{ counts: page.counts, total: page.total }} />
    </SeedFleet>
  );
}
