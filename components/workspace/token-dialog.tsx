'use client';

import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Command } from '#components/connect/command.tsx';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { plainText } from '#components/ui/plain-text.ts';
import { createToken, tell } from '#lib/client/workspace-actions.ts';

/** Makes a token and shows it, this once. */
export function TokenDialog({ id, name, onClose }: { id: string; name: string; onClose: () => void }) {
  const client = useQueryClient();
  const [token, setToken] = useState<string | null>(null);
  const [rotate, setRotate] = useState(false);
  const [busy, setBusy] = useState(false);
  const make = async () => {
    setBusy(true);
    const made = await tell(createToken(id, rotate), null);
    setToken(made?.auth_token ?? null);
    setBusy(false);
    void client.invalidateQueries({ queryKey: ['tokens', id] });
  };
  return (
    <Dialog title={`New token for ${plainText(name)}`} busy={busy} stays={token !== null} onClose={onClose}>
      {token === null ? (
        <>
          <p className="text-soft">Whoever has it speaks for this workspace. Canvas keeps only its fingerprint: it is shown this once.</p>
          <label className="flex items-start gap-2 text-sm">
            <input
              type="checkbox"
              className="mt-0.5 size-4 accent-accent"
              checked={rotate}
              onChange={(event) => setRotate(event.target.checked)}
            />
            <span>
              Replace the older ones. <span className="text-soft">They end when the new one is first used, or in 10 minutes.</span>
            </span>
          </label>
          <div className="flex justify-end gap-2">
            <Button look="quiet" onClick={onClose}>
              Cancel
            </Button>
            <Button look="primary" disabled={busy} onClick={make}>
              Make a token
            </Button>
          </div>
        </>
      ) : (
        <>
          <Command text={token}>Copy it now: when this is closed, nobody can see it again.</Command>
          <div className="flex justify-end">
            <Button onClick={onClose}>Done</Button>
          </div>
        </>
      )}
    </Dialog>
  );
}
