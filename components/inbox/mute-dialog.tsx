'use client';

import { type FormEvent, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Choices } from '#components/ui/choices.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { plainText } from '#components/ui/plain-text.ts';
import { pageClock } from '#lib/client/clock.ts';
import type { InboxItem } from '#lib/contract/inbox.ts';
import { KIND_LABEL, MUTE_LENGTH_LABEL, MUTE_LENGTHS, type MuteLength, muteUntil, muteWords } from './inbox-words.ts';
import { useInboxActions } from './use-inbox-actions.ts';

type Covers = 'both' | 'workspace' | 'kind';

/** Asks what to hear nothing of, and for how long. */
export function MuteDialog({ item, onClose }: { item: InboxItem; onClose: () => void }) {
  const actions = useInboxActions();
  const ofMany = item.workspace_id === null;
  const name = plainText(item.workspace_name);
  const [covers, setCovers] = useState<Covers>(ofMany ? 'kind' : 'both');
  const [length, setLength] = useState<MuteLength>('hour');
  const mute = (event: FormEvent) => {
    event.preventDefault();
    const wish = {
      workspace_id: covers === 'kind' ? null : item.workspace_id,
      kind: covers === 'workspace' ? null : item.kind,
      until: muteUntil(length, pageClock.now()),
    };
    const words = muteWords({ ...wish, workspace_name: name });
    actions.mute(wish, `${words}: muted ${MUTE_LENGTH_LABEL[length].toLowerCase()}.`);
    onClose();
  };
  const all: { value: Covers; label: string }[] = [
    { value: 'both', label: `“${KIND_LABEL[item.kind]}” of ${name}` },
    { value: 'workspace', label: `Everything of ${name}` },
    { value: 'kind', label: `“${KIND_LABEL[item.kind]}” of every workspace` },
  ];
  return (
    <Dialog title="Mute" onClose={onClose}>
      <form className="grid gap-4" onSubmit={mute}>
        <p className="text-soft">While it is muted it does not count as unread, brings up no toast, and nothing of it is sent to you.</p>
        <fieldset className="grid gap-1">
          <legend className="mb-1.5 text-sm font-semibold">Hear nothing of</legend>
          {all
            .filter(({ value }) => !ofMany || value === 'kind')
            .map(({ value, label }) => (
              <label key={value} className="flex min-h-8 items-center gap-2 text-sm coarse:min-h-11">
                <input
                  type="radio"
                  name="covers"
                  checked={covers === value}
                  onChange={() => setCovers(value)}
                  className="size-4 flex-none accent-accent coarse:size-11"
                />
                <span className="min-w-0 wrap-anywhere" dir="auto">
                  {label}
                </span>
              </label>
            ))}
        </fieldset>
        <Choices
          legend="How long"
          options={MUTE_LENGTHS.map((value) => ({ value, label: MUTE_LENGTH_LABEL[value] }))}
          value={length}
          onChange={setLength}
        />
        <div className="flex justify-end gap-2">
          <Button look="quiet" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" look="primary">
            Mute
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
