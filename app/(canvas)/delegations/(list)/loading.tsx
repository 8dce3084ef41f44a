import { StripsLoading } from '#components/ui/strips.tsx';

/** The shape of what comes. For the list alone: one that is not there must be answered with 404, which a page that has begun cannot. */
export default function DelegationsLoading() {
  return (
    <main className="mx-auto grid w-full max-w-6xl gap-4 px-3 py-4 sm:px-5">
      <h1 className="text-xl font-semibold">Delegations</h1>
      <StripsLoading what="the delegations" count={4} />
    </main>
  );
}
