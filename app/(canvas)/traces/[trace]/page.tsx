import type { Metadata } from 'next';
import { headers } from 'next/headers';
import { notFound, redirect } from 'next/navigation';
import { connection } from 'next/server';
import { TraceScreen } from '#components/trace/trace-screen.tsx';
import { context } from '#lib/context.ts';
import { errorCodeOf } from '#lib/contract/errors.ts';

export const metadata: Metadata = { title: 'A request' };

export default async function TracePage({ params }: { params: Promise<{ trace: string }> }) {
  await connection();
  const id = decodeURIComponent((await params).trace);
  const { actorOf, verbs } = context();
  const actor = actorOf(await headers());
  if (actor === null) redirect('/sign-in');
  const trace = await verbs.getTrace(actor, { trace: id }).catch((refused: unknown) => {
    const code = errorCodeOf(refused);
    if (code === 'not_found' || code === 'bad_request') notFound();
    throw refused;
  });
  return <TraceScreen key={id} id={id} initial={trace} />;
}
