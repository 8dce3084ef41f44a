import Link from 'next/link';

export default function RestartNotFound() {
  return (
    <main className="mx-auto grid max-w-md gap-3 px-5 py-24">
      <h1 className="text-xl font-semibold">There is no restart with this id</h1>
      <p className="text-soft">The link may belong to another Canvas, or its workspace was removed and its past with it.</p>
      <p>
        <Link className="font-medium text-accent underline underline-offset-4" href="/restarts" prefetch={false}>
          All restarts
        </Link>
      </p>
    </main>
  );
}
