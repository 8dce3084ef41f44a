'use client';

import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Command } from '#components/connect/command.tsx';
import { usePlace } from '#components/shell/place.tsx';
import { Button } from '#components/ui/button.tsx';
import { plainText } from '#components/ui/plain-text.ts';
import { PanelFailure } from '#components/workspace/panel-failure.tsx';
import { callApi } from '#lib/client/api.ts';
import type { ApiTokenRow, CreatedApiToken } from '#lib/contract/api-tokens.ts';
import { ApiTokenTable } from './api-token-table.tsx';
import { MakeApiToken } from './make-api-token.tsx';

const API_TOKENS_KEY = ['api-tokens'] as const;

/** One's own tokens for the command line: made here, shown once, ended here. */
export function ApiTokens() {
  const client = useQueryClient();
  const { publicUrl } = usePlace();
  const [made, setMade] = useState<CreatedApiToken | null>(null);
  const { data, error, refetch } = useQuery({
    queryKey: API_TOKENS_KEY,
    queryFn: ({ signal }) => callApi<ApiTokenRow[]>('GET /api-tokens', { signal }),
    staleTime: 0,
    gcTime: 60_000,
  });
  if (made !== null)
    return (
      <>
        <Command text={made.api_token}>
          The token “{plainText(made.name)}”. Copy it now: when this is closed, nobody can see it again.
        </Command>
        <Command text={`CANVAS_URL=${publicUrl} CANVAS_TOKEN=… canvas status`}>How the command line uses it.</Command>
        <div className="flex justify-end">
          <Button onClick={() => setMade(null)}>Done</Button>
        </div>
      </>
    );
  return (
    <>
      <p className="text-soft">
        For the <code className="font-mono text-xs">canvas</code> command and for programs. Whoever has one may do what you may; Canvas
        keeps only its fingerprint.
      </p>
      <MakeApiToken
        onMade={(token) => {
          setMade(token);
          void client.invalidateQueries({ queryKey: API_TOKENS_KEY });
        }}
      />
      {error !== null && <PanelFailure what="The list of tokens" error={error} onRetry={() => void refetch()} />}
      {data === undefined && error === null && (
        <div role="status" aria-label="Loading the tokens" className="h-16 animate-pulse rounded-md bg-text/5" />
      )}
      {data?.length === 0 && <p className="text-sm text-faint">None yet.</p>}
      {data !== undefined && data.length > 0 && <ApiTokenTable tokens={data} />}
    </>
  );
}
