'use client';

import { Button } from '#components/ui/button.tsx';
import { plainText } from '#components/ui/plain-text.ts';

interface AskFootProps {
  /** Why the platform refused the last try; null: it did not. */
  refusal: string | null;
  /** Why it cannot be restarted from here; empty: it can. */
  whyNot: string;
  /** What the main button is called; null: there is only the drain. */
  restart: string | null;
  mayDrain: boolean;
  /** Only the drain was asked for: it is the main button. */
  drainFirst: boolean;
  onRestart: () => void;
  onDrain: () => void;
  onCancel: () => void;
}

/** What can be done, the most likely last. */
export function AskFoot({ refusal, whyNot, restart, mayDrain, drainFirst, onRestart, onDrain, onCancel }: AskFootProps) {
  const drainLooks = drainFirst || restart === null ? 'primary' : 'plain';
  const drain = mayDrain && (
    <Button key="drain" look={drainLooks} onClick={onDrain}>
      Drain only
    </Button>
  );
  const go = restart !== null && (
    <Button key="restart" look={drainFirst ? 'plain' : 'primary'} onClick={onRestart}>
      {restart}
    </Button>
  );
  return (
    <div className="grid gap-2.5">
      {refusal !== null && (
        <p role="alert" data-tone="bad" className="rounded-md bg-tint px-3 py-2 text-sm wrap-anywhere" dir="auto">
          {plainText(refusal)}
        </p>
      )}
      {whyNot !== '' && (
        <p className="text-sm wrap-anywhere text-soft" dir="auto">
          {plainText(whyNot)}
        </p>
      )}
      <div className="flex flex-wrap justify-end gap-2">
        <Button look="quiet" onClick={onCancel}>
          Cancel
        </Button>
        {drainFirst ? [go, drain] : [drain, go]}
      </div>
    </div>
  );
}
