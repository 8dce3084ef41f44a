import Link from 'next/link';
import { plainText } from '#components/ui/plain-text.ts';

/** It existed and was removed: another thing than an id that never was. */
export function GoneNotice({ id }: { id: string }) {
  return (
    <main className="mx-auto grid max-w-md gap-3 px-5 py-24">
      <h1 className="text-xl font-semibold">This workspace was removed</h1>
      <p className="text-soft">
        Somebody removed <code className="font-mono text-xs break-all">{plainText(id)}</code>. Its tokens have ended, and an agent that
        still beats under this id is refused. It does not come back; connect the agent to a new workspace instead.
      </p>
      <p>
        <Link className="font-medium text-accent underline underline-offset-4" href="/" prefetch={false}>
          Open the fleet
        </Link>
      </p>
    </main>
  );
}
