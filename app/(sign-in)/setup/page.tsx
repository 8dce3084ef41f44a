import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { connection } from 'next/server';
import { NarrowPage } from '#components/sign-in/narrow-page.tsx';
import { SetUpForm } from '#components/sign-in/set-up-form.tsx';
import { context } from '#lib/context.ts';

export const metadata: Metadata = { title: 'Set up', referrer: 'no-referrer' };

export default async function SetUpPage({ searchParams }: { searchParams: Promise<{ token?: string | string[] }> }) {
  await connection();
  const { token } = await searchParams;
  if (!(await context().needsSetUp())) redirect('/sign-in');
  return (
    <NarrowPage title="Make the first account">
      {typeof token === 'string' && token !== '' ? (
        <SetUpForm token={token} />
      ) : (
        <p className="text-soft">Open the whole link that Canvas printed when it started: it ends in a token, which is missing here.</p>
      )}
    </NarrowPage>
  );
}
