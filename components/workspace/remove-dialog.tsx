'use client';

import { usePathname, useRouter } from 'next/navigation';
import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { plainText } from '#components/ui/plain-text.ts';
import { type BlockingChild, removeWorkspace, tell } from '#lib/client/workspace-actions.ts';

/** Asks before it removes, and again, with their names, when there are others below it. */
export function RemoveDialog({ id, name, provisioned, onClose }: { id: string; name: string; provisioned: boolean; onClose: () => void }) {
  const router = useRouter();
  const path = usePathname();
  const [children, setChildren] = useState<BlockingChild[] | null>(null);
  const [busy, setBusy] = useState(false);
  const remove = async () => {
    setBusy(true);
    const answer = await tell(removeWorkspace(id, children !== null), null);
    setBusy(false);
    if (answer === undefined) return;
    if (answer !== null) return setChildren(answer);
    onClose();
    if (path !== '/') router.push('/');
  };
  return (
    <Dialog title={`Remove ${plainText(name)}?`} onClose={onClose}>
      <p className="text-soft">
        {provisioned ? 'Its process is stopped and its folder is deleted. ' : ''}Its tokens end at once, and an agent that still beats is
        told that it is gone. This cannot be undone.
      </p>
      {children !== null && (
        <div role="alert" data-tone="warn" className="grid gap-1 rounded-md bg-tint p-3 text-sm">
          <p className="font-medium">
            {children.length === 1 ? 'One workspace is' : `${children.length} workspaces are`} below it, and would be removed too, with all
            below them:
          </p>
          <ul className="max-h-40 list-inside list-disc overflow-auto text-soft">
            {children.map((child) => (
              <li key={child.id} dir="auto">
                {plainText(child.name)}
              </li>
            ))}
          </ul>
        </div>
      )}
      <div className="flex justify-end gap-2">
        <Button look="quiet" onClick={onClose}>
          Cancel
        </Button>
        <Button look="danger" disabled={busy} onClick={remove}>
          {children === null ? 'Remove' : 'Remove all of them'}
        </Button>
      </div>
    </Dialog>
  );
}
