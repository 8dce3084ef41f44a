'use client';

import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { Command } from '#components/connect/command.tsx';
import { Button } from '#components/ui/button.tsx';
import { Choices } from '#components/ui/choices.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { plainText } from '#components/ui/plain-text.ts';
import { type ChannelWish, channelKeys, createChannel, patchChannel } from '#lib/client/channels.ts';
import { keepPushChannel, subscribeToPush, whyNoPush } from '#lib/client/push.ts';
import type { Channel, ChannelKind, ChannelRules } from '#lib/contract/channels.ts';
import { CHANNEL_LABEL, CHANNEL_TEXT } from './channel-words.ts';
import { Field } from './field.tsx';
import { readTarget } from './read-target.ts';
import { RulesFields } from './rules-fields.tsx';
import { TargetFields } from './target-fields.tsx';

const FIRST_RULES: ChannelRules = { severity: 'warning', kinds: [], recovery: true };
const KINDS = Object.keys(CHANNEL_LABEL) as ChannelKind[];

interface ChannelDialogProps {
  /** The one to change; null: a new one is made. */
  channel: Channel | null;
  onClose: () => void;
}

/** Makes a channel, or changes one. Why it was refused stands in the dialog, for the notices lie below it. */
export function ChannelDialog({ channel, onClose }: ChannelDialogProps) {
  const client = useQueryClient();
  const [kind, setKind] = useState<ChannelKind>(channel?.kind ?? 'webhook');
  const [rules, setRules] = useState(channel?.rules ?? FIRST_RULES);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const [secret, setSecret] = useState<string | null>(null);
  const noPush = kind === 'push' && channel === null ? whyNoPush() : null;

  const save = async (form: FormData): Promise<void> => {
    const name = String(form.get('name') ?? '').trim();
    if (channel !== null) {
      const target = channel.kind === 'push' ? undefined : readTarget(channel.kind, form);
      await patchChannel(channel.id, { name, rules, ...(target === undefined ? {} : { target }) });
      return onClose();
    }
    const target = kind === 'push' ? await subscribeToPush() : readTarget(kind, form);
    const made = await createChannel({ name, rules, target: target as ChannelWish['target'] });
    // Where nothing can be kept the channel works all the same, until the browser changes its address.
    if (kind === 'push') await keepPushChannel(made.id).catch(() => {});
    if (made.signing_secret === undefined) onClose();
    else setSecret(made.signing_secret);
  };
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setBusy(true);
    setFailure(null);
    try {
      await save(form);
    } catch (refused) {
      setFailure(refused instanceof Error ? refused.message : 'It could not be saved. Try again.');
    } finally {
      setBusy(false);
      void client.invalidateQueries({ queryKey: channelKeys.channels });
    }
  };

  if (secret !== null)
    return (
      <Dialog title="The signing secret" stays onClose={onClose}>
        <Command text={secret}>Copy it now: when this is closed, nobody can see it again.</Command>
        <p className="text-sm text-soft">
          The receiver checks each request with it (webhook-signature, Standard Webhooks): that it came from here, and that nobody changed
          it.
        </p>
        <div className="flex justify-end">
          <Button onClick={onClose}>Done</Button>
        </div>
      </Dialog>
    );
  return (
    <Dialog title={channel === null ? 'Add a channel' : `Change ${plainText(channel.name)}`} busy={busy} onClose={onClose}>
      <form className="grid gap-4" onSubmit={submit}>
        {channel === null && (
          <Choices
            legend="Where to"
            options={KINDS.map((value) => ({ value, label: CHANNEL_LABEL[value] }))}
            value={kind}
            onChange={setKind}
          />
        )}
        <p className="text-sm text-soft">{CHANNEL_TEXT[kind]}</p>
        {noPush !== null && (
          <p role="status" className="rounded-md bg-text/5 px-3 py-2 text-sm">
            {noPush}
          </p>
        )}
        <Field key={`name-${kind}`} name="name" label="Name" required maxLength={100} defaultValue={channel?.name ?? CHANNEL_LABEL[kind]} />
        <TargetFields key={kind} kind={kind} channel={channel} />
        <RulesFields rules={rules} onChange={setRules} />
        {failure !== null && (
          <p role="alert" className="text-sm wrap-anywhere text-bad">
            {plainText(failure)}
          </p>
        )}
        <div className="flex justify-end gap-2">
          <Button look="quiet" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" look="primary" disabled={busy || noPush !== null}>
            {channel !== null ? 'Save' : kind === 'push' ? 'Ask this browser' : 'Add it'}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
