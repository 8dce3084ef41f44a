'use client';

import Link from 'next/link';
import { useWorkspace } from '#components/fleet/use-workspace.ts';
import { StatusShape } from '#components/status/status-shape.tsx';
import { plainText } from '#components/ui/plain-text.ts';

/** Waits for the first beat, in sight: turns green by itself when it arrives. */
export function WaitForBeat({ id, name }: { id: string; name: string }) {
  const card = useWorkspace(id)?.card;
  const shown = plainText(name);
  const beats = card !== undefined && card.last_heartbeat_at !== null;
  const refused = card?.token_rejected_at !== null && card?.token_rejected_at !== undefined;
  return (
    <p
      role="status"
      data-tone={beats ? 'ok' : refused ? 'bad' : 'off'}
      className="flex items-center gap-2 rounded-md border border-tone/40 bg-tint px-3 py-2 text-sm"
    >
      <StatusShape state={beats ? 'online' : refused ? 'token_rejected' : 'awaiting_agent'} />
      {beats ? (
        <span>
          <b className="font-semibold">
            <bdi>{shown}</bdi> is connected.
          </b>{' '}
          <Link className="font-medium text-accent underline underline-offset-4" href={`/w/${encodeURIComponent(id)}`} prefetch={false}>
            Open it
          </Link>
        </span>
      ) : refused ? (
        <span>Something tried to connect with a code or token that is not valid here. Check that the whole command was pasted.</span>
      ) : (
        <span className="text-soft">
          Waiting for the first beat of <bdi>{shown}</bdi>. This line turns green when it arrives.
        </span>
      )}
    </p>
  );
}
