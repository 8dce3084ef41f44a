'use client';

import { type FormEvent, useId, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { plainText } from '#components/ui/plain-text.ts';
import { callApi } from '#lib/client/api.ts';
import type { JoinCode } from '#lib/contract/access.ts';
import type { CreateWorkspace } from '#lib/contract/workspaces.ts';
import { CommandTabs } from './command-tabs.tsx';
import { WaitForBeat } from './wait-for-beat.tsx';

interface Joining {
  id: string;
  name: string;
  code: JoinCode;
}

/** Connects an agent in one sitting: a name makes a workspace and a join code, the command is pasted, the first beat turns it green. */
export function ConnectAgent({ publicUrl }: { publicUrl: string }) {
  const field = useId();
  const [joining, setJoining] = useState<Joining | null>(null);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);

  const create = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get('name') ?? '').trim();
    setBusy(true);
    setFailure(null);
    try {
      const made = await callApi<{ id: string }>('POST /workspaces', { body: { name, provisioner: 'none' } satisfies CreateWorkspace });
      const code = await callApi<JoinCode>('POST /workspaces/:id/join-codes', { params: { id: made.id } });
      setJoining({ id: made.id, name, code });
    } catch (refused) {
      setFailure(refused instanceof Error ? refused.message : 'The workspace could not be created. Try again.');
    } finally {
      setBusy(false);
    }
  };

  if (joining !== null) {
    return (
      <div className="grid gap-3">
        <p className="text-soft">Paste this where the agent lives. The code works once, within 15 minutes.</p>
        <CommandTabs publicUrl={publicUrl} id={joining.id} joinCode={joining.code.join_code} />
        <WaitForBeat id={joining.id} name={joining.name} />
        <div>
          <Button look="quiet" small onClick={() => setJoining(null)}>
            Connect another
          </Button>
        </div>
      </div>
    );
  }
  return (
    <form onSubmit={create} className="grid gap-2">
      <label htmlFor={field} className="text-sm text-soft">
        What is it called?
      </label>
      <div className="flex gap-2">
        <input
          id={field}
          name="name"
          required
          maxLength={255}
          autoComplete="off"
          placeholder="Docs Writer"
          className="h-8 min-w-0 flex-1 rounded-md border border-line-strong bg-bg px-2.5 text-sm placeholder:text-faint coarse:h-11 coarse:text-base"
        />
        <Button type="submit" look="primary" disabled={busy}>
          {busy ? 'Creating…' : 'Create and get a code'}
        </Button>
      </div>
      {failure !== null && (
        <p role="alert" className="text-sm text-bad">
          {plainText(failure)}
        </p>
      )}
    </form>
  );
}
