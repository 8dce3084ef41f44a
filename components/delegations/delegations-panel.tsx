'use client';

import Link from 'next/link';
import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Panel } from '#components/workspace/panel.tsx';
import type { DelegationPage } from '#lib/contract/delegations.ts';
import { DelegationList, useDelegations } from './delegation-list.tsx';

const SIDES = [
  { side: 'workspace', label: 'Both' },
  { side: 'source', label: 'Given' },
  { side: 'target', label: 'Received' },
] as const;
type Side = (typeof SIDES)[number]['side'];

const NONE: Record<Side, string> = {
  workspace: 'It gave no delegation and was given none.',
  source: 'It gave no delegation.',
  target: 'It was given no delegation.',
};

/** What a workspace asked of others, and what others asked of it. */
export function DelegationsPanel({ id, initial }: { id: string; initial: DelegationPage | null }) {
  const [side, setSide] = useState<Side>('workspace');
  const list = useDelegations({ [side]: id }, side === 'workspace' ? initial : null);
  return (
    <Panel
      id="delegations"
      title="Delegations"
      actions={SIDES.map((one) => (
        <Button
          key={one.side}
          small
          look={one.side === side ? 'plain' : 'quiet'}
          aria-pressed={one.side === side}
          onClick={() => setSide(one.side)}
        >
          {one.label}
        </Button>
      ))}
    >
      <DelegationList list={list} of={id} empty={<p className="text-sm text-faint">{NONE[side]}</p>} />
      <p className="text-sm">
        <Link
          className="font-medium text-accent underline underline-offset-4"
          href={`/delegations?workspace=${encodeURIComponent(id)}`}
          prefetch={false}
        >
          With search and filters
        </Link>
      </p>
    </Panel>
  );
}
