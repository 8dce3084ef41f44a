'use client';

import { useState } from 'react';
import { Command } from './command.tsx';
import { DESKTOP_CLIENTS, type DesktopClient, desktopCommand, FOLDER_PLACEHOLDER } from './desktop-commands.ts';

/** For an agent at somebody's desk: its client starts the workspace's tools, and the workspace beats while they run. */
export function DesktopCommand(place: { publicUrl: string; id: string; joinCode: string }) {
  const [client, setClient] = useState<DesktopClient>('claude');
  const { text, file } = desktopCommand(client, place);
  return (
    <div className="grid gap-2">
      <fieldset className="flex flex-wrap gap-1">
        <legend className="sr-only">Desktop agent</legend>
        {DESKTOP_CLIENTS.map((known) => (
          <button
            key={known.client}
            type="button"
            aria-pressed={client === known.client}
            onClick={() => setClient(known.client)}
            className="h-7 rounded-md border border-line px-2.5 text-xs text-soft hover:bg-text/7 aria-pressed:border-line-strong aria-pressed:bg-text/10 aria-pressed:text-text coarse:h-11"
          >
            {known.label}
          </button>
        ))}
      </fieldset>
      <Command text={text}>
        {file === null ? (
          'Run it in the folder of Canvas, then start a new session of the agent.'
        ) : (
          <>
            Put it into <code className="font-mono">{file}</code>, with the folder of Canvas in place of{' '}
            <code className="font-mono">{FOLDER_PLACEHOLDER}</code>, and restart the agent.
          </>
        )}{' '}
        It gets tools to ask other workspaces, to write to you and to remember, and is online while its session lives. The code is used up
        by the first start; the settings stay as they are.
      </Command>
    </div>
  );
}
