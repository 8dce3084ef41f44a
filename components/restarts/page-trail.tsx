import Link from 'next/link';

/** The way back up from a page. */
export function PageTrail({ way }: { way: readonly { href: string; name: string }[] }) {
  return (
    <nav aria-label="Where it belongs" className="text-xs text-faint">
      <ol className="flex flex-wrap items-center gap-1.5">
        {way.map(({ href, name }) => (
          <li key={href} className="not-last:after:ml-1.5 not-last:after:content-['/']">
            <Link href={href} prefetch={false} className="text-soft underline-offset-4 hover:underline" dir="auto">
              {name}
            </Link>
          </li>
        ))}
      </ol>
    </nav>
  );
}
