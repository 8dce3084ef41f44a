'use client';

import { useQuery, useQueryClient } from '@tanstack/react-query';
import { muteWords } from '#components/inbox/inbox-words.ts';
import { useInboxActions } from '#components/inbox/use-inbox-actions.ts';
import { useRefetchAfterGap } from '#components/shell/use-refetch-on.ts';
import { Button } from '#components/ui/button.tsx';
import { LocalTime } from '#components/ui/local-time.tsx';
import { plainText } from '#components/ui/plain-text.ts';
import { Panel } from '#components/workspace/panel.tsx';
import { PanelFailure } from '#components/workspace/panel-failure.tsx';
import { fetchMutes, inboxKeys } from '#lib/client/inbox.ts';
import type { Mute } from '#lib/contract/inbox.ts';

/** What a person wants to hear nothing of, each taken back with one press. */
export function MutesPanel({ initial }: { initial: Mute[] }) {
  const client = useQueryClient();
  const actions = useInboxActions();
  const { data, error, refetch } = useQuery({
    queryKey: inboxKeys.mutes,
    queryFn: ({ signal }) => fetchMutes(signal),
    initialData: initial,
    gcTime: 60_000,
  });
  useRefetchAfterGap(inboxKeys.mutes);
  const unmute = (mute: Mute, words: string) => {
    void actions.unmute(mute, `${words}: not muted any more.`);
    client.setQueryData<Mute[]>(inboxKeys.mutes, (all) => all?.filter(({ id }) => id !== mute.id));
  };
  return (
    <Panel id="mutes" title="Muted">
      {error !== null && <PanelFailure what="The list of mutes" error={error} onRetry={() => void refetch()} />}
      {data.length === 0 ? (
        <p className="text-sm text-faint">Nothing. In the inbox, “Mute…” on an incident silences its workspace, its kind, or both.</p>
      ) : (
        <ul className="grid">
          {data.map((mute) => {
            const words = plainText(muteWords(mute));
            return (
              <li key={mute.id} className="flex items-center gap-3 border-t border-line py-2 text-sm first:border-t-0">
                <p className="min-w-0 flex-1 wrap-anywhere" dir="auto">
                  {words}{' '}
                  <span className="text-xs text-faint">
                    {mute.until === null ? (
                      'until you take it back'
                    ) : (
                      <>
                        until <LocalTime at={mute.until} />
                      </>
                    )}
                  </span>
                </p>
                <Button small aria-label={`Unmute ${words}`} onClick={() => unmute(mute, words)}>
                  Unmute
                </Button>
              </li>
            );
          })}
        </ul>
      )}
    </Panel>
  );
}
