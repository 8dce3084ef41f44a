'use client';

import { type FormEvent, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { callApi } from '#lib/client/api.ts';
import { tell } from '#lib/client/workspace-actions.ts';
import type { CreatedApiToken } from '#lib/contract/api-tokens.ts';

export function MakeApiToken({ onMade }: { onMade: (token: CreatedApiToken) => void }) {
  const [busy, setBusy] = useState(false);
  const make = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get('name') ?? '').trim();
    setBusy(true);
    const made = await tell(callApi<CreatedApiToken>('POST /api-tokens', { body: { name } }), null);
    setBusy(false);
    if (made !== undefined) onMade(made);
  };
  return (
    <form onSubmit={make} className="flex flex-wrap items-end gap-2">
      <label className="grid min-w-40 flex-1 gap-1 text-sm">
        What is it for?
        <input
          name="name"
          required
          maxLength={100}
          autoComplete="off"
          placeholder="deploy script"
          className="h-8 w-full rounded-md border border-line-strong bg-bg px-2.5 text-sm placeholder:text-faint coarse:h-11 coarse:text-base"
        />
      </label>
      <Button type="submit" look="primary" disabled={busy}>
        Make a token
      </Button>
    </form>
  );
}
