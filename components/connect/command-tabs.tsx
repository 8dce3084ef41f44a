'use client';

import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { callApi } from '#lib/client/api.ts';
import type { CreatedToken } from '#lib/contract/access.ts';
import { Command } from './command.tsx';
import { DesktopCommand } from './desktop-command.tsx';

type Runtime = 'ours' | 'desktop' | 'python';

const TABS: { runtime: Runtime; label: string }[] = [
  { runtime: 'ours', label: 'Canvas runtime' },
  { runtime: 'desktop', label: 'Desktop agent (MCP)' },
  { runtime: 'python', label: 'Python runtime' },
];

/** The command for each way to run an agent. The Python one reads a token from a file, so that its token is made when it is asked for. */
export function CommandTabs({ publicUrl, id, joinCode }: { publicUrl: string; id: string; joinCode: string }) {
  const [runtime, setRuntime] = useState<Runtime>('ours');
  const [token, setToken] = useState<string | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const makeToken = async () => {
    try {
      setFailure(null);
      setToken((await callApi<CreatedToken>('POST /workspaces/:id/tokens', { params: { id }, body: {} })).auth_token);
    } catch (refused) {
      setFailure(refused instanceof Error ? refused.message : 'No token could be made. Try again.');
    }
  };
  return (
    <div className="grid gap-2">
      <fieldset className="flex flex-wrap gap-1">
        <legend className="sr-only">Runtime</legend>
        {TABS.map((tab) => (
          <button
            key={tab.runtime}
            type="button"
            aria-pressed={runtime === tab.runtime}
            onClick={() => setRuntime(tab.runtime)}
            className="h-7 rounded-md px-2.5 text-xs font-medium text-soft hover:bg-text/7 aria-pressed:bg-text/10 aria-pressed:text-text coarse:h-11"
          >
            {tab.label}
          </button>
        ))}
      </fieldset>
      {runtime === 'ours' ? (
        <Command
          text={`node dist/workspace.js connect \\\n  --platform ${publicUrl} \\\n  --id ${id} \\\n  --join ${joinCode} \\\n  -- claude`}
        >
          Run it in the folder of Canvas. Behind <code className="font-mono">--</code> comes the agent: claude, codex, gemini, opencode, or
          any program that reads a prompt and prints an answer.
        </Command>
      ) : runtime === 'desktop' ? (
        <DesktopCommand publicUrl={publicUrl} id={id} joinCode={joinCode} />
      ) : token === null ? (
        <div className="grid gap-2 rounded-md bg-sunken p-3 text-sm text-soft">
          <p>The Python runtime reads a token from a file. Canvas shows a token once, when it is made.</p>
          <div>
            <Button small onClick={makeToken}>
              Make a token
            </Button>
          </div>
          {failure !== null && (
            <p role="alert" className="text-bad">
              {failure}
            </p>
          )}
        </div>
      ) : (
        <Command
          text={`umask 077 && printf %s '${token}' > /configs/.auth_token\nWORKSPACE_ID=${id} PLATFORM_URL=${publicUrl} molecule-runtime`}
        >
          Run it in the container or on the machine of the workspace. The token is not shown again.
        </Command>
      )}
    </div>
  );
}
