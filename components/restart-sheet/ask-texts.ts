import { plainText } from '#components/ui/plain-text.ts';
import type { RestartPreview } from '#lib/contract/restarts.ts';
import { SHOWN_STATE_LABEL, type ShownState } from '#lib/contract/workspace-status.ts';
import type { WorkspaceCard } from '#lib/contract/workspaces.ts';

interface AskTexts {
  title: string;
  /** How it is, and why. */
  note: string;
  /** Why it cannot be restarted from here; empty: it can. */
  whyNot: string;
  /** What the restart is called; null: it is not possible. */
  button: string | null;
  mayDrain: boolean;
}

const NOT_OURS =
  'Canvas did not start this workspace and cannot stop or start it. It can be drained; then restart it where it runs, and it goes on from its snapshot.';

/** The words of the sheet before anybody decides. Without a preview they are made from the card: a failing preview blocks nothing. */
export function askTexts(card: WorkspaceCard, state: ShownState, preview: RestartPreview | null, drainOnly: boolean): AskTexts {
  const name = plainText(card.name);
  const said = plainText(card.reason);
  const note = said === '' ? SHOWN_STATE_LABEL[state] : `${SHOWN_STATE_LABEL[state]}: ${said}`;
  if (card.status === 'paused') {
    const ours = card.provisioner === 'process';
    return {
      title: `Resume ${name}`,
      note,
      whyNot: ours ? '' : NOT_OURS,
      button: ours ? 'Resume it and all below it' : null,
      mayDrain: false,
    };
  }
  const canRestart = preview?.can_restart ?? card.provisioner === 'process';
  const still = state === 'offline' || state === 'failed';
  const whyNot = canRestart ? '' : (preview?.why_not ?? '') || NOT_OURS;
  const verb = !canRestart || drainOnly ? 'Drain' : still ? 'Restart' : 'Drain and restart';
  const mayDrain = (preview?.can_drain ?? true) && !still;
  return { title: `${verb} ${name}`, note, whyNot, button: canRestart ? (still ? 'Restart' : 'Drain and restart') : null, mayDrain };
}
