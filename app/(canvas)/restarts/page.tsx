import type { Metadata } from 'next';
import { connection } from 'next/server';
import { RestartsScreen } from '#components/restarts/restarts-screen.tsx';

export const metadata: Metadata = { title: 'Restarts' };

export default async function RestartsPage() {
  await connection();
  return <RestartsScreen running={null} past={null} bulks={null} />;
}
