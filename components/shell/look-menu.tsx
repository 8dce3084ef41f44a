'use client';

import { Menu, MenuChoice, MenuHeading, MenuItem, MenuLink } from '#components/ui/menu.tsx';
import { applyDensity, applyTheme, DENSITIES, type Density, readDensity, readTheme, THEMES, type Theme } from '#lib/client/appearance.ts';
import { apiTokensDialog, connectDialog, keysHelp } from '#lib/client/open-flag.ts';

const THEME_LABEL: Record<Theme, string> = { system: 'As the system', light: 'Light', dark: 'Dark' };
const DENSITY_LABEL: Record<Density, string> = { comfortable: 'Comfortable', compact: 'Compact' };

/** How the page looks, and what else is asked for seldom. */
export function LookMenu() {
  return (
    <Menu
      label="Appearance and help"
      buttonClassName="size-8 coarse:size-11"
      button={
        <svg aria-hidden="true" viewBox="0 0 16 16" className="size-4 fill-none stroke-current stroke-[1.5]">
          <circle cx="8" cy="8" r="5.5" />
          <path d="M8 2.5v11a5.5 5.5 0 0 0 0-11z" className="fill-current" />
        </svg>
      }
    >
      {(close) => {
        const root = document.documentElement.dataset;
        const choose = (act: () => void) => () => {
          act();
          close();
        };
        return (
          <>
            <div className="grid sm:hidden">
              <MenuLink href="/" onSelect={close}>
                Fleet
              </MenuLink>
              <MenuLink href="/delegations" onSelect={close}>
                Delegations
              </MenuLink>
              <MenuLink href="/inbox" onSelect={close}>
                Inbox
              </MenuLink>
              <MenuLink href="/restarts" onSelect={close}>
                Restarts
              </MenuLink>
              <hr className="mx-2 my-1 border-line" />
            </div>
            <MenuHeading>Theme</MenuHeading>
            {THEMES.map((theme) => (
              <MenuChoice key={theme} checked={readTheme(root['theme']) === theme} onSelect={choose(() => applyTheme(theme))}>
                {THEME_LABEL[theme]}
              </MenuChoice>
            ))}
            <MenuHeading>Density</MenuHeading>
            {DENSITIES.map((density) => (
              <MenuChoice key={density} checked={readDensity(root['density']) === density} onSelect={choose(() => applyDensity(density))}>
                {DENSITY_LABEL[density]}
              </MenuChoice>
            ))}
            <hr className="mx-2 my-1 border-line" />
            <MenuItem onSelect={choose(connectDialog.open)}>Connect an agent</MenuItem>
            <MenuLink href="/settings" onSelect={close}>
              Settings
            </MenuLink>
            <MenuItem onSelect={choose(apiTokensDialog.open)}>API tokens…</MenuItem>
            <MenuItem onSelect={choose(keysHelp.open)}>
              Keyboard <kbd className="ml-auto font-mono text-xs text-faint">?</kbd>
            </MenuItem>
          </>
        );
      }}
    </Menu>
  );
}
