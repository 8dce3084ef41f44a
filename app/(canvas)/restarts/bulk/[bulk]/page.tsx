import type { Metadata } from 'next';
import { connection } from 'next/server';
import { BulkScreen } from '#components/bulk/bulk-screen.tsx';

export const metadata: Metadata = { title: 'Restart of many' };

export default async function BulkPage({ params }: { params: Promise<{ bulk: string }> }) {
  await connection();
  return <BulkScreen id={decodeURIComponent((await params).bulk)} initial={null} />;
}
