'use client';

import { useQuery } from '@tanstack/react-query';
import { usePlace } from '#components/shell/place.tsx';
import { Panel } from '#components/workspace/panel.tsx';
import { callApi } from '#lib/client/api.ts';
import { KEPT_DAYS } from '#lib/contract/kept-days.ts';

interface BuildInfo {
  commit: string | null;
  node: string;
}

const KEPT = [
  ['Incidents that are over', `${KEPT_DAYS.incidents} days`],
  ['Restarts', `${KEPT_DAYS.restarts} days, and of each workspace the newest`],
  ['Activity', `${KEPT_DAYS.activity} days`],
  ['What was sent to channels', `${KEPT_DAYS.sent} days`],
  ['Messages that have ended', `${KEPT_DAYS.messages} days`],
  ['Who changed what', `${KEPT_DAYS.audit} days`],
] as const;

/** What runs here, and how long it keeps what. */
export function AboutPanel() {
  const { version } = usePlace();
  const { data } = useQuery({ queryKey: ['build'], queryFn: ({ signal }) => callApi<BuildInfo>('GET /buildinfo', { signal }) });
  const built = [
    ['Version', version],
    ['Commit', data === undefined ? '…' : (data.commit?.slice(0, 12) ?? 'not known to this build')],
    ['Node', data?.node ?? '…'],
  ] as const;
  return (
    <Panel id="about" title="About">
      <Facts facts={built} />
      <h3 className="text-sm font-semibold">How long things are kept</h3>
      <Facts facts={KEPT} />
    </Panel>
  );
}

function Facts({ facts }: { facts: readonly (readonly [string, string])[] }) {
  return (
    <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1 text-sm">
      {facts.map(([name, value]) => (
        <div key={name} className="contents">
          <dt className="text-faint">{name}</dt>
          <dd className="wrap-anywhere">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
