'use client';

import type { Channel, ChannelKind } from '#lib/contract/channels.ts';
import { Field, SelectField } from './field.tsx';

/** Where a channel goes. Of one that exists (`channel`) what is secret stays when its field is left empty. */
export function TargetFields({ kind, channel }: { kind: ChannelKind; channel: Channel | null }) {
  if (kind === 'push') return null;
  if (kind === 'email') return <EmailFields channel={channel} />;
  return (
    <Field
      name="url"
      label={kind === 'slack' ? 'Address of the incoming webhook' : 'Address'}
      type="url"
      required={channel === null}
      maxLength={2000}
      placeholder={kind === 'slack' ? 'https://hooks.slack.com/services/…' : 'https://example.com/canvas'}
      hint={channel === null ? undefined : `Left empty it stays ${channel.shown_target}.`}
    />
  );
}

function EmailFields({ channel }: { channel: Channel | null }) {
  const kept = (name: string) => {
    const value = channel?.settings[name];
    return Array.isArray(value) ? value.join(', ') : value === undefined || value === null ? undefined : String(value);
  };
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      <Field
        name="to"
        label="To"
        required
        defaultValue={kept('to')}
        placeholder="ops@example.com"
        hint="Several with commas."
        className="sm:col-span-2"
      />
      <Field name="from" label="From" type="email" required maxLength={254} defaultValue={kept('from')} placeholder="canvas@example.com" />
      <SelectField name="security" label="Security" defaultValue={kept('security') ?? 'starttls'}>
        <option value="starttls">STARTTLS, and nothing without it</option>
        <option value="tls">TLS from the beginning</option>
        <option value="none">None: a server on this machine</option>
      </SelectField>
      <Field name="host" label="Mail server" required maxLength={253} defaultValue={kept('host')} placeholder="mail.example.com" />
      <Field name="port" label="Port" type="number" required min={1} max={65_535} defaultValue={kept('port') ?? '587'} />
      <Field name="username" label="User name" maxLength={255} defaultValue={kept('username')} hint="Empty: the server asks for none." />
      <Field
        name="password"
        label="Password"
        type="password"
        maxLength={1000}
        autoComplete="new-password"
        hint={channel?.has_secret ? 'Left empty it stays as it is.' : 'It is kept, and never shown again.'}
      />
    </div>
  );
}
