import Link from 'next/link';

export default function IncidentNotFound() {
  return (
    <main className="mx-auto grid max-w-md gap-3 px-5 py-24">
      <h1 className="text-xl font-semibold">There is no incident with this id</h1>
      <p className="text-soft">The link may belong to another Canvas, or it was so long ago that it was taken out.</p>
      <p>
        <Link className="font-medium text-accent underline underline-offset-4" href="/inbox" prefetch={false}>
          Open the inbox
        </Link>
      </p>
    </main>
  );
}
