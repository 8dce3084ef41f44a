'use client';

import { Button } from '#components/ui/button.tsx';
import { plainText } from '#components/ui/plain-text.ts';
import { useSinglePress } from '#components/ui/use-single-press.ts';
import { resumeWorkspace } from '#lib/client/restart-runs.ts';
import { tell } from '#lib/client/workspace-actions.ts';
import type { WorkspaceCard } from '#lib/contract/workspaces.ts';

/** Starts one that failed once more; it alone, not what is below it. */
export function StartAgainButton({ card, look, small = false }: { card: WorkspaceCard; look: 'primary' | 'tone'; small?: boolean }) {
  const { pressed, press } = useSinglePress(`${card.status} ${card.since} ${card.run?.id}`);
  const start = async () =>
    (await tell(resumeWorkspace(card.id, { subtree: false }), `${plainText(card.name)} is being started.`)) !== undefined;
  return (
    <Button small={small} look={look} disabled={pressed !== null} onClick={() => void press('start', start)}>
      Start again
    </Button>
  );
}
