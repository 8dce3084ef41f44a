'use client';

import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Age } from '#components/ui/age.tsx';
import { Button } from '#components/ui/button.tsx';
import { useClock } from '#components/ui/use-clock.ts';
import { callApi } from '#lib/client/api.ts';
import { revokeToken, tell } from '#lib/client/workspace-actions.ts';
import type { TokenRow } from '#lib/contract/access.ts';
import { formatAge } from '#lib/domain/duration-text.ts';
import { JoinDialog } from './join-dialog.tsx';
import { Panel } from './panel.tsx';
import { PanelFailure } from './panel-failure.tsx';
import { TokenDialog } from './token-dialog.tsx';

function EndsIn({ at }: { at: number }) {
  return <>{useClock((now) => (at <= now ? 'has ended' : `ends in ${formatAge(at - now)}`))}</>;
}

/** Who may speak for this workspace. Texts of tokens are never here: only what tells them apart. */
export function TokensPanel({ id, name, initial }: { id: string; name: string; initial: TokenRow[] }) {
  const client = useQueryClient();
  const [asking, setAsking] = useState<'token' | 'join' | null>(null);
  const queryKey = ['tokens', id];
  const { data, error, refetch } = useQuery({
    queryKey,
    queryFn: ({ signal }) => callApi<TokenRow[]>('GET /workspaces/:id/tokens', { params: { id }, signal }),
    initialData: initial,
    gcTime: 60_000,
  });
  const revoke = async (token: TokenRow) => {
    await tell(revokeToken(id, token.id), `The token ${token.prefix}… has ended.`);
    await client.invalidateQueries({ queryKey });
  };
  return (
    <Panel
      id="access"
      title="Access"
      actions={
        <>
          <Button small onClick={() => setAsking('join')}>
            Join code
          </Button>
          <Button small onClick={() => setAsking('token')}>
            New token
          </Button>
        </>
      }
    >
      {error !== null && <PanelFailure what="The list of tokens" error={error} onRetry={() => void refetch()} />}
      {data.length === 0 ? (
        <p className="text-sm text-faint">
          No token yet. An agent earns one with a join code, or you make one and put it where the agent runs.
        </p>
      ) : (
        <table className="w-full text-left text-sm">
          <caption className="sr-only">Tokens</caption>
          <thead className="text-xs text-faint">
            <tr>
              <th className="py-1 font-normal">Begins with</th>
              <th className="py-1 font-normal">Made</th>
              <th className="py-1 font-normal">Used</th>
              <th className="py-1">
                <span className="sr-only">Action</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {data.map((token) => (
              <tr key={token.id} className="border-t border-line">
                <td className="py-1.5 font-mono text-xs">
                  {token.prefix}…
                  {token.expires_at !== null && (
                    <span className="block font-sans text-faint">
                      <EndsIn at={token.expires_at} />
                    </span>
                  )}
                </td>
                <td className="py-1.5 text-soft">
                  <Age at={token.created_at} />
                </td>
                <td className="py-1.5 text-soft">{token.last_used_at === null ? 'never' : <Age at={token.last_used_at} />}</td>
                <td className="py-1 text-right">
                  <Button small look="quiet" aria-label={`Revoke ${token.prefix}`} onClick={() => void revoke(token)}>
                    Revoke
                  </Button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {asking === 'token' && <TokenDialog id={id} name={name} onClose={() => setAsking(null)} />}
      {asking === 'join' && <JoinDialog id={id} name={name} onClose={() => setAsking(null)} />}
    </Panel>
  );
}
