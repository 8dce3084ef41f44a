'use client';

import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { plainText } from '#components/ui/plain-text.ts';

/** Asks before an incident is taken from the one who takes care of it: that cannot be undone from here. */
export function TakeOverDialog({ from, onTake, onClose }: { from: string; onTake: () => void; onClose: () => void }) {
  const name = plainText(from);
  return (
    <Dialog title="Take it over?" onClose={onClose}>
      <div className="grid gap-4">
        <p className="text-soft wrap-anywhere" dir="auto">
          {name} takes care of it. When you take it over, it is yours: you cannot give it back to {name}.
        </p>
        <div className="flex justify-end gap-2">
          <Button look="quiet" onClick={onClose}>
            Leave it with {name}
          </Button>
          <Button
            look="primary"
            autoFocus
            onClick={() => {
              onTake();
              onClose();
            }}
          >
            Take it over
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
