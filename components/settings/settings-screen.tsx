'use client';

import { UndoBar } from '#components/inbox/undo-bar.tsx';
import type { Channel, DeliveryRow } from '#lib/contract/channels.ts';
import type { Mute } from '#lib/contract/inbox.ts';
import type { Preferences } from '#lib/contract/preferences.ts';
import { AboutPanel } from './about-panel.tsx';
import { AccessPanel } from './access-panel.tsx';
import { ChannelsPanel } from './channels-panel.tsx';
import { DeliveriesPanel } from './deliveries-panel.tsx';
import { MutesPanel } from './mutes-panel.tsx';
import { PagePreferences } from './page-preferences.tsx';

interface SettingsScreenProps {
  channels: Channel[];
  deliveries: DeliveryRow[];
  preferences: Preferences;
  mutes: Mute[];
}

/** What a person sets for themselves: where and when they are told, what speaks for them; and what runs here. */
export function SettingsScreen({ channels, deliveries, preferences, mutes }: SettingsScreenProps) {
  return (
    <main className="mx-auto grid w-full max-w-6xl gap-4 px-3 py-4 sm:px-5">
      <h1 className="text-xl font-semibold">Settings</h1>
      <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <section aria-label="Notifications" className="grid min-w-0 gap-4">
          <ChannelsPanel initial={channels} />
          <PagePreferences initial={preferences} />
          <MutesPanel initial={mutes} />
          <DeliveriesPanel initial={deliveries} />
        </section>
        <div className="grid min-w-0 gap-4">
          <AccessPanel />
          <AboutPanel />
        </div>
      </div>
      <UndoBar />
    </main>
  );
}
