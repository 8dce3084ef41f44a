'use client';

import { Menu, MenuHeading, MenuItem } from '#components/ui/menu.tsx';
import { plainText } from '#components/ui/plain-text.ts';
import { callApi } from '#lib/client/api.ts';
import { pageNotices } from '#lib/client/notices.ts';

/** Who is signed in, and the way out. Drawn only where people sign in at all. */
export function PersonMenu({ name: given }: { name: string }) {
  const name = plainText(given);
  const leave = async () => {
    try {
      await callApi('POST /api/auth/sign-out', { body: {} });
      window.location.assign('/sign-in');
    } catch (refused) {
      pageNotices.fail(refused instanceof Error ? refused.message : 'You are still signed in: Canvas did not answer.');
    }
  };
  const initial = Array.from(name.trim())[0]?.toUpperCase() ?? '·';
  return (
    <Menu
      label={`Signed in as ${name}`}
      button={<span aria-hidden="true">{initial}</span>}
      buttonClassName="size-8 border border-line-strong text-xs font-semibold"
    >
      {() => (
        <>
          <MenuHeading>{name}</MenuHeading>
          <MenuItem onSelect={leave}>Sign out</MenuItem>
        </>
      )}
    </Menu>
  );
}
