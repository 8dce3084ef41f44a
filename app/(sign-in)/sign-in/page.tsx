import type { Metadata } from 'next';
import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { connection } from 'next/server';
import { NarrowPage } from '#components/sign-in/narrow-page.tsx';
import { sameSitePath } from '#components/sign-in/same-site-path.ts';
import { SignInForm } from '#components/sign-in/sign-in-form.tsx';
import { context } from '#lib/context.ts';

export const metadata: Metadata = { title: 'Sign in' };

export default async function SignInPage({ searchParams }: { searchParams: Promise<{ next?: string | string[] }> }) {
  await connection();
  const canvas = context();
  const { next } = await searchParams;
  const wanted = typeof next === 'string' ? next : undefined;
  if (!canvas.signIn || canvas.actorOf(await headers()) !== null) redirect(sameSitePath(wanted));
  if (await canvas.needsSetUp()) {
    return (
      <NarrowPage title="Nobody has an account yet">
        <p className="text-soft">
          When Canvas started it printed a link that makes the first account. Open that link; if it is lost, start Canvas again and it
          prints a new one.
        </p>
      </NarrowPage>
    );
  }
  return (
    <NarrowPage title="Sign in">
      <SignInForm next={wanted} />
    </NarrowPage>
  );
}
