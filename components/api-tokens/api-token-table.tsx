'use client';

import { useQueryClient } from '@tanstack/react-query';
import { Age } from '#components/ui/age.tsx';
import { Button } from '#components/ui/button.tsx';
import { plainText } from '#components/ui/plain-text.ts';
import { callApi } from '#lib/client/api.ts';
import { tell } from '#lib/client/workspace-actions.ts';
import type { ApiTokenRow } from '#lib/contract/api-tokens.ts';

/** Texts of tokens are never here: only what tells them apart. */
export function ApiTokenTable({ tokens }: { tokens: readonly ApiTokenRow[] }) {
  const client = useQueryClient();
  const revoke = async (token: ApiTokenRow) => {
    await tell(
      callApi('DELETE /api-tokens/:token_id', { params: { token_id: token.id } }),
      `The token “${plainText(token.name)}” has ended.`,
    );
    await client.invalidateQueries({ queryKey: ['api-tokens'] });
  };
  return (
    <table className="w-full text-left text-sm">
      <caption className="sr-only">Your API tokens</caption>
      <thead className="text-xs text-faint">
        <tr>
          <th className="py-1 font-normal">Name</th>
          <th className="py-1 font-normal max-sm:hidden">Begins with</th>
          <th className="py-1 font-normal">Made</th>
          <th className="py-1 font-normal">Used</th>
          <th className="py-1">
            <span className="sr-only">Action</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {tokens.map((token) => (
          <tr key={token.id} className="border-t border-line">
            <td className="py-1.5 pr-3 wrap-anywhere" dir="auto">
              {plainText(token.name)}
            </td>
            <td className="py-1.5 pr-3 font-mono text-xs max-sm:hidden">{token.prefix}…</td>
            <td className="py-1.5 pr-3 text-soft">
              <Age at={token.created_at} />
            </td>
            <td className="py-1.5 pr-3 text-soft">{token.last_used_at === null ? 'never' : <Age at={token.last_used_at} />}</td>
            <td className="py-1 text-right">
              <Button small look="quiet" aria-label={`Revoke ${plainText(token.name)}`} onClick={() => void revoke(token)}>
                Revoke
              </Button>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
