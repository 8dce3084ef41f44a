'use client';

import { useState } from 'react';
import { CommandTabs } from '#components/connect/command-tabs.tsx';
import { usePlace } from '#components/shell/place.tsx';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { plainText } from '#components/ui/plain-text.ts';
import { createJoinCode, tell } from '#lib/client/workspace-actions.ts';
import type { JoinCode } from '#lib/contract/access.ts';

/** A code that connects one agent to this workspace, once. */
export function JoinDialog({ id, name, onClose }: { id: string; name: string; onClose: () => void }) {
  const { publicUrl } = usePlace();
  const [code, setCode] = useState<JoinCode | null>(null);
  const [busy, setBusy] = useState(false);
  const make = async () => {
    setBusy(true);
    setCode((await tell(createJoinCode(id), null)) ?? null);
    setBusy(false);
  };
  return (
    <Dialog title={`Connect an agent to ${plainText(name)}`} onClose={onClose}>
      {code === null ? (
        <>
          <p className="text-soft">
            A join code connects one agent, once, within 15 minutes. The token that the agent earns with it stays on its machine.
          </p>
          <div className="flex justify-end gap-2">
            <Button look="quiet" onClick={onClose}>
              Cancel
            </Button>
            <Button look="primary" disabled={busy} onClick={make}>
              Make a join code
            </Button>
          </div>
        </>
      ) : (
        <CommandTabs publicUrl={publicUrl} id={id} joinCode={code.join_code} />
      )}
    </Dialog>
  );
}
