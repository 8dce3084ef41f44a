'use client';

import { useQueryClient } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { LocalTime } from '#components/ui/local-time.tsx';
import { plainText } from '#components/ui/plain-text.ts';
import { Switch } from '#components/ui/switch.tsx';
import { channelKeys, deleteChannel, patchChannel, testChannel } from '#lib/client/channels.ts';
import { tell } from '#lib/client/workspace-actions.ts';
import type { Channel } from '#lib/contract/channels.ts';
import { CHANNEL_LABEL, rulesText } from './channel-words.ts';

interface Tested {
  ok: boolean;
  why: string;
}

/** One channel: where it goes, what is sent there, how the last went; a test, a pause, a change, its removal. */
export function ChannelRow({
  channel,
  onChange,
  onRemove,
}: {
  channel: Channel;
  onChange: () => void;
  /** Before its row goes, and the button that has the keyboard with it. */
  onRemove: () => void;
}) {
  const client = useQueryClient();
  const label = useId();
  const [tested, setTested] = useState<Tested | 'busy' | null>(null);
  const [removing, setRemoving] = useState(false);
  const name = plainText(channel.name);
  const settle = () => client.invalidateQueries({ queryKey: channelKeys.channels });
  const switchTo = async (enabled: boolean) => {
    client.setQueryData<Channel[]>(channelKeys.channels, (all) => all?.map((one) => (one.id === channel.id ? { ...one, enabled } : one)));
    await tell(patchChannel(channel.id, { enabled }), null);
    await settle();
  };
  const test = async () => {
    setTested('busy');
    setTested((await tell(testChannel(channel.id), null)) ?? null);
    await Promise.all([settle(), client.invalidateQueries({ queryKey: ['deliveries'] })]);
  };
  const remove = async () => {
    onRemove();
    client.setQueryData<Channel[]>(channelKeys.channels, (all) => all?.filter(({ id }) => id !== channel.id));
    await tell(deleteChannel(channel.id), `The channel “${name}” is gone.`);
    await settle();
  };
  return (
    <li data-channel={channel.id} className="grid gap-2 border-t border-line py-3 first:border-t-0 first:pt-0">
      <div className="flex items-center gap-3">
        <div className="grid min-w-0 flex-1">
          <h3 id={label} className="truncate font-medium" dir="auto">
            {name}
          </h3>
          <p className="truncate text-sm text-soft" dir="auto">
            {CHANNEL_LABEL[channel.kind]} · {plainText(channel.shown_target)}
          </p>
        </div>
        <span className="text-xs text-faint">{channel.enabled ? 'on' : 'paused'}</span>
        <Switch on={channel.enabled} labelledBy={label} onChange={(on) => void switchTo(on)} />
      </div>
      <p className="text-xs text-faint">{rulesText(channel.rules)}</p>
      {channel.last !== null && tested === null && (
        <p className="text-xs wrap-anywhere text-faint" dir="auto">
          <b data-tone={channel.last.ok ? 'ok' : 'bad'} className="font-medium text-tone">
            {channel.last.ok ? 'Sent' : 'Failed'}
          </b>{' '}
          <LocalTime at={channel.last.at} />
          {channel.last.why !== '' && ` · ${plainText(channel.last.why)}`}
        </p>
      )}
      <p role="status" className="text-sm wrap-anywhere empty:hidden" dir="auto">
        {tested === 'busy' && 'Sending a test…'}
        {tested !== null && tested !== 'busy' && (
          <>
            <b data-tone={tested.ok ? 'ok' : 'bad'} className="font-medium text-tone">
              {tested.ok ? 'The test arrived.' : 'The test did not arrive.'}
            </b>{' '}
            {plainText(tested.why)}
          </>
        )}
      </p>
      <div className="flex flex-wrap gap-2 coarse:gap-x-6 coarse:gap-y-5">
        <Button small disabled={tested === 'busy'} onClick={() => void test()}>
          Send a test
        </Button>
        <Button small look="quiet" onClick={onChange}>
          Change…
        </Button>
        {removing ? (
          <>
            <Button small look="danger" onClick={() => void remove()}>
              Remove it now
            </Button>
            <Button small look="quiet" onClick={() => setRemoving(false)}>
              Keep it
            </Button>
          </>
        ) : (
          <Button small look="quiet" onClick={() => setRemoving(true)}>
            Remove…
          </Button>
        )}
      </div>
    </li>
  );
}
