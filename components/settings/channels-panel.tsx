'use client';

import { useQuery } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Panel } from '#components/workspace/panel.tsx';
import { PanelFailure } from '#components/workspace/panel-failure.tsx';
import { channelKeys, fetchChannels } from '#lib/client/channels.ts';
import type { Channel } from '#lib/contract/channels.ts';
import { ChannelDialog } from './channel-dialog.tsx';
import { ChannelRow } from './channel-row.tsx';

/** Where a person is told outside of the page. */
export function ChannelsPanel({ initial }: { initial: Channel[] }) {
  const add = useRef<HTMLButtonElement>(null);
  const [asking, setAsking] = useState<Channel | 'new' | null>(null);
  const { data, error, refetch } = useQuery({
    queryKey: channelKeys.channels,
    queryFn: ({ signal }) => fetchChannels(signal),
    initialData: initial,
    gcTime: 60_000,
  });
  return (
    <Panel
      id="channels"
      title="Channels"
      note="your own; others have theirs"
      actions={
        <Button ref={add} small onClick={() => setAsking('new')}>
          Add a channel
        </Button>
      }
    >
      {error !== null && <PanelFailure what="The list of channels" error={error} onRetry={() => void refetch()} />}
      {data.length === 0 ? (
        <p className="text-sm text-soft">
          None yet: you are told on this page alone. Add a webhook, Slack, a mail address, or this browser, and say what is worth it.
        </p>
      ) : (
        <ul className="grid">
          {data.map((channel) => (
            <ChannelRow key={channel.id} channel={channel} onChange={() => setAsking(channel)} onRemove={() => add.current?.focus()} />
          ))}
        </ul>
      )}
      {asking !== null && <ChannelDialog channel={asking === 'new' ? null : asking} onClose={() => setAsking(null)} />}
    </Panel>
  );
}
