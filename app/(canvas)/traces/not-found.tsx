import Link from 'next/link';

export default function TraceNotFound() {
  return (
    <main className="mx-auto grid max-w-md gap-3 px-5 py-24">
      <h1 className="text-xl font-semibold">Nothing is kept of this request</h1>
      <p className="text-soft">The link may belong to another Canvas. Messages are kept for 7 days, delegations for 90.</p>
      <p>
        <Link className="font-medium text-accent underline underline-offset-4" href="/delegations" prefetch={false}>
          All delegations
        </Link>
      </p>
    </main>
  );
}
