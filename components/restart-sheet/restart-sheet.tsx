'use client';

import { Button } from '#components/ui/button.tsx';
import { Sheet } from '#components/ui/sheet.tsx';
import { PanelFailure } from '#components/workspace/panel-failure.tsx';
import { restartSheet, type SheetPlace } from '#lib/client/restart-sheet.ts';
import { PartLoading } from './part.tsx';
import { useKnownWorkspace } from './use-known-workspace.ts';
import { WorkspaceSheet } from './workspace-sheet.tsx';

/** The sheet of one workspace, as the address has it. */
export function RestartSheet({ place }: { place: SheetPlace }) {
  const { card, error, retry } = useKnownWorkspace(place.id);
  if (card !== null) return <WorkspaceSheet card={card} place={place} />;
  return (
    <Sheet title="Drain and restart" onClose={restartSheet.close} foot={<CloseRow />}>
      {error === null ? (
        <PartLoading what="the workspace" rows={3} />
      ) : (
        <PanelFailure what="This workspace" error={error} onRetry={retry} />
      )}
    </Sheet>
  );
}

function CloseRow() {
  return (
    <div className="flex justify-end">
      <Button onClick={restartSheet.close}>Close</Button>
    </div>
  );
}
