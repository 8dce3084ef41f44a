import type { ChannelWish } from '#lib/client/channels.ts';
import type { ChannelKind } from '#lib/contract/channels.ts';

type Target = Exclude<ChannelWish['target'], { kind: 'push' }>;

/**
 * What a form says of where a channel goes; undefined: nothing, what there is stays. The browser's own target comes from
 * the browser. Only shaped, not checked: the platform says what is wrong, in words.
 */
export function readTarget(kind: Exclude<ChannelKind, 'push'>, form: FormData): Target | undefined {
  const text = (name: string) => String(form.get(name) ?? '').trim();
  if (kind !== 'email') return text('url') === '' ? undefined : { kind, url: text('url') };
  const password = String(form.get('password') ?? '');
  return {
    kind,
    to: text('to')
      .split(/[,;\s]+/)
      .filter((address) => address !== ''),
    from: text('from'),
    host: text('host'),
    port: Number(text('port')),
    security: text('security') as 'starttls' | 'tls' | 'none',
    username: text('username') === '' ? null : text('username'),
    ...(password === '' ? {} : { password }),
  };
}
