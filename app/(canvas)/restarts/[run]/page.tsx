import type { Metadata } from 'next';
import { headers } from 'next/headers';
import { notFound, redirect } from 'next/navigation';
import { connection } from 'next/server';
import { cache } from 'react';
import { RunScreen } from '#components/restarts/run-screen.tsx';
import { plainText } from '#components/ui/plain-text.ts';
import { context } from '#lib/context.ts';
import { errorCodeOf } from '#lib/contract/errors.ts';

interface PageProps {
  params: Promise<{ run: string }>;
}

/** The run, or null when there is none. Asked for once, though both the title and the page need it. */
const runOf = cache(async (run: string) => {
  await connection();
  const { actorOf, verbs } = context();
  const actor = actorOf(await headers());
  if (actor === null) redirect('/sign-in');
  try {
    return await verbs.getRestart(actor, { run });
  } catch (refused) {
    const code = errorCodeOf(refused);
    if (code !== 'not_found' && code !== 'bad_request') throw refused;
    return null;
  }
});

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  const run = await runOf(decodeURIComponent((await params).run));
  return { title: run === null ? 'No such restart' : `Restart of ${plainText(run.workspace_name)}` };
}

export default async function RestartPage({ params }: PageProps) {
  const id = decodeURIComponent((await params).run);
  const run = await runOf(id);
  if (run === null) notFound();
  return <RunScreen key={id} id={id} initial={run} />;
}
