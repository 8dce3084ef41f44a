import type { Metadata } from 'next';
import { connection } from 'next/server';
import { RunScreen } from '#components/restarts/run-screen.tsx';

export const metadata: Metadata = { title: 'Restart' };

export default async function RestartPage({ params }: { params: Promise<{ run: string }> }) {
  await connection();
  return <RunScreen id={decodeURIComponent((await params).run)} initial={null} />;
}
