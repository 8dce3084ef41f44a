import Link from 'next/link';

export default function DelegationNotFound() {
  return (
    <main className="mx-auto grid max-w-md gap-3 px-5 py-24">
      <h1 className="text-xl font-semibold">There is no delegation with this id</h1>
      <p className="text-soft">The link may belong to another Canvas, or it ended more than 90 days ago and is not kept any more.</p>
      <p>
        <Link className="font-medium text-accent underline underline-offset-4" href="/delegations" prefetch={false}>
          All delegations
        </Link>
      </p>
    </main>
  );
}
