import { headers } from 'next/headers';
import { connection } from 'next/server';
import type { ReactNode } from 'react';
import { ApiTokensDialog } from '#components/api-tokens/api-tokens-dialog.tsx';
import { ConnectDialog } from '#components/connect/connect-dialog.tsx';
import { ToastHost } from '#components/inbox/toast-host.tsx';
import { RestartSheetHost } from '#components/restart-sheet/restart-sheet-host.tsx';
import { Announcer } from '#components/shell/announcer.tsx';
import { AppHeader } from '#components/shell/app-header.tsx';
import { CanvasLiveProvider } from '#components/shell/canvas-live.tsx';
import { ConnectionLost } from '#components/shell/connection-lost.tsx';
import { KeysHelp } from '#components/shell/keys-help.tsx';
import { Notices } from '#components/shell/notices.tsx';
import { PlaceProvider } from '#components/shell/place.tsx';
import { StreamState } from '#components/shell/stream-state.tsx';
import { context } from '#lib/context.ts';

/** Everything live shares one copy of the fleet and one stream, kept while the person goes from page to page. */
export default async function CanvasLayout({ children }: { children: ReactNode }) {
  await connection();
  const { actorOf, canProvision, publicUrl, signIn, verbs, version } = context();
  const actor = actorOf(await headers());
  const person = signIn ? (actor?.name ?? null) : null;
  // A count that cannot be had is no reason to show no page: the browser asks again.
  const inbox = actor === null ? null : await verbs.listInbox(actor, { limit: 1 }).catch(() => null);
  return (
    <CanvasLiveProvider serverNow={Date.now()}>
      <PlaceProvider place={{ canProvision, publicUrl, signIn, person, unread: inbox?.counts.unread_alerts ?? 0, version }}>
        <AppHeader />
        <StreamState>{children}</StreamState>
        <ConnectDialog />
        <ApiTokensDialog />
        <RestartSheetHost />
        <KeysHelp />
        <Notices>
          <ConnectionLost />
          <ToastHost />
        </Notices>
        <Announcer />
      </PlaceProvider>
    </CanvasLiveProvider>
  );
}
