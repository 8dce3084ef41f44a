import { expect, it } from 'vitest';
import type { DelegationDetail } from '#lib/contract/delegations.ts';
import { delegationKeys, showDelegation } from './delegations.ts';
import { createFleetClient } from './fleet-cache.ts';

it('an answer that was on its way does not undo what is shown', async () => {
  const client = createFleetClient();
  const queryKey = delegationKeys.one('d1');
  const old = { delegation_id: 'd1', status: 'queued' } as DelegationDetail;
  client.setQueryData(queryKey, old);
  let answer: (detail: DelegationDetail) => void = () => {};
  const underWay = client
    .fetchQuery({ queryKey, queryFn: () => new Promise<DelegationDetail>((resolve) => (answer = resolve)) })
    .catch(() => undefined);
  const goBack = await showDelegation(client, 'd1', { status: 'failed', cancelled: true });
  answer(old);
  await underWay;
  expect(client.getQueryData<DelegationDetail>(queryKey)?.status).toBe('failed');
  goBack();
  expect(client.getQueryData<DelegationDetail>(queryKey)?.status).toBe('queued');
});
