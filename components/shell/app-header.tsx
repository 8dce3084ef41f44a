'use client';

import Link from 'next/link';
import { usePathname } from 'next/navigation';
import type { ReactNode } from 'react';
import { FleetSearch } from '#components/fleet/fleet-search.tsx';
import { Button } from '#components/ui/button.tsx';
import { connectDialog } from '#lib/client/open-flag.ts';
import { UnreadBadge, useUnread } from './inbox-link.tsx';
import { LiveMarkView } from './live-mark.tsx';
import { LookMenu } from './look-menu.tsx';
import { PersonMenu } from './person-menu.tsx';
import { usePlace } from './place.tsx';

export function AppHeader() {
  const path = usePathname();
  const { person } = usePlace();
  const atFleet = path === '/';
  const unread = useUnread();
  return (
    <header className="sticky top-0 z-30 flex h-13 items-center gap-2 border-b border-line bg-panel px-3 sm:gap-4 sm:px-5 coarse:h-15">
      <Link href="/" prefetch={false} aria-label="Canvas" className="flex flex-none items-center gap-2 font-semibold tracking-tight">
        <span aria-hidden="true" className="block size-3.5 rounded border-2 border-accent" />
        <span className="max-sm:sr-only">Canvas</span>
      </Link>
      <nav aria-label="Main" className="flex gap-1 max-sm:hidden">
        <NavLink href="/" here={atFleet}>
          Fleet
        </NavLink>
        <NavLink href="/delegations" here={path.startsWith('/delegations') || path.startsWith('/traces')}>
          Delegations
        </NavLink>
        <NavLink href="/inbox" here={path.startsWith('/inbox')}>
          Inbox <UnreadBadge count={unread} />
        </NavLink>
        <NavLink href="/restarts" here={path.startsWith('/restarts')}>
          Restarts
        </NavLink>
      </nav>
      {atFleet ? <FleetSearch /> : <SearchFromElsewhere />}
      <Button aria-label="Connect an agent" className="max-md:w-8 max-md:px-0 coarse:max-md:w-11" onClick={connectDialog.open}>
        <span aria-hidden="true" className="text-lg leading-none md:hidden">
          +
        </span>
        <span className="max-md:hidden">Connect an agent</span>
      </Button>
      <Link
        href="/inbox"
        prefetch={false}
        aria-label={`Inbox, ${unread} unread`}
        className="relative flex size-8 flex-none items-center justify-center rounded-md text-faint hover:bg-text/7 sm:hidden coarse:size-11"
      >
        <svg aria-hidden="true" viewBox="0 0 16 16" className="size-4 fill-none stroke-current stroke-[1.5]">
          <path d="M2 9.5h3.5l1 2h3l1-2H14M2 9.5v4h12v-4l-2-7H4z" strokeLinejoin="round" />
        </svg>
        <span aria-hidden="true" className="absolute top-0 right-0 flex">
          <UnreadBadge count={unread} />
        </span>
      </Link>
      <LiveMarkView />
      <LookMenu />
      {person !== null && <PersonMenu name={person} />}
    </header>
  );
}

function NavLink({ href, here, children }: { href: string; here: boolean; children: ReactNode }) {
  return (
    <Link
      href={href}
      prefetch={false}
      {...(here ? { 'aria-current': 'page' } : {})}
      className="flex h-8 items-center gap-1.5 rounded-md px-2.5 text-soft transition-colors hover:text-text aria-[current]:bg-text/7 aria-[current]:text-text"
    >
      {children}
    </Link>
  );
}

/** On other pages a search is a way to the fleet. */
function SearchFromElsewhere() {
  return (
    <search className="ml-auto min-w-0 flex-1 sm:max-w-md">
      <form action="/">
        <input
          id="fleet-search"
          type="search"
          name="q"
          aria-label="Search the fleet"
          aria-keyshortcuts="/"
          placeholder="Search the fleet"
          autoComplete="off"
          maxLength={200}
          className="h-8 w-full rounded-md border border-line bg-bg px-3 text-sm placeholder:text-faint hover:border-line-strong coarse:h-11 coarse:text-base"
        />
      </form>
    </search>
  );
}
