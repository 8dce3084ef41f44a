import Link from 'next/link';

export default function WorkspaceNotFound() {
  return (
    <main className="mx-auto grid max-w-md gap-3 px-5 py-24">
      <h1 className="text-xl font-semibold">There is no workspace with this id</h1>
      <p className="text-soft">None was ever created here under it. The link may belong to another Canvas, or a letter in it is wrong.</p>
      <p>
        <Link className="font-medium text-accent underline underline-offset-4" href="/" prefetch={false}>
          Open the fleet
        </Link>
      </p>
    </main>
  );
}
