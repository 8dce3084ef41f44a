'use client';

import { type FormEvent, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { renameWorkspace, tell } from '#lib/client/workspace-actions.ts';

/** The stream brings the new name to every page; a refusal keeps the form, with what was typed. */
export function RenameForm({ id, name, onDone }: { id: string; name: string; onDone: () => void }) {
  const [busy, setBusy] = useState(false);
  const rename = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const next = String(new FormData(event.currentTarget).get('name') ?? '').trim();
    if (next === name) return onDone();
    setBusy(true);
    const answer = await tell(renameWorkspace(id, next), null);
    setBusy(false);
    if (answer !== undefined) onDone();
  };
  return (
    <form
      onSubmit={rename}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onDone();
      }}
      className="flex min-w-0 flex-1 items-center gap-2"
    >
      <input
        name="name"
        aria-label="Name"
        required
        maxLength={255}
        defaultValue={name}
        // biome-ignore lint/a11y/noAutofocus: the person has just asked to type here
        autoFocus
        className="h-9 w-full max-w-md min-w-0 rounded-md border border-line-strong bg-bg px-2.5 text-lg font-semibold"
      />
      <Button type="submit" look="primary" disabled={busy}>
        Save
      </Button>
      <Button look="quiet" onClick={onDone}>
        Cancel
      </Button>
    </form>
  );
}
