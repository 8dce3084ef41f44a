import Link from 'next/link';
import { connection } from 'next/server';

export default async function NotFound() {
  await connection();
  return (
    <main className="mx-auto grid max-w-md gap-3 px-5 py-24">
      <h1 className="text-xl font-semibold">There is nothing at this address</h1>
      <p className="text-soft">The link may be old, or a letter in it is wrong. Everything that Canvas looks after is in the fleet.</p>
      <p>
        <Link className="font-medium text-accent underline underline-offset-4" href="/">
          Open the fleet
        </Link>
      </p>
    </main>
  );
}
