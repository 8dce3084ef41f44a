import { afterEach, describe, expect, it, vi } from 'vitest';
import type { InboxItem } from '#lib/contract/inbox.ts';
import { createFleetClient } from './fleet-cache.ts';
import { createInboxActions } from './inbox-actions.ts';
import { pageUndo } from './undo.ts';

/** What was sent to the platform; it agrees to everything. */
function platform(): { sent: unknown[] } {
  const sent: unknown[] = [];
  vi.stubGlobal('fetch', async (_: string, { body }: { body: string | null }) => {
    if (body !== null) sent.push(JSON.parse(body));
    return Response.json({ ids: ['i1'], counts: {} });
  });
  return { sent };
}

const incident = (over: Partial<InboxItem>) => ({ id: 'i1', mine: false, assignee_name: null, ...over }) as InboxItem;

afterEach(() => {
  vi.unstubAllGlobals();
  pageUndo.dismiss();
});

describe('assign', () => {
  it('offers to give back what was nobody’s', async () => {
    const { sent } = platform();
    createInboxActions(createFleetClient()).assign(incident({}), 'Ada');
    await pageUndo.take()?.undo();
    expect(sent).toEqual([{ to: 'me' }, { to: 'nobody' }]);
  });

  it('offers nothing after it was taken from somebody: nobody would have it then', async () => {
    const { sent } = platform();
    createInboxActions(createFleetClient()).assign(incident({ assignee_name: 'Rosa' }), 'Ada');
    expect(pageUndo.read()).toBeNull();
    await vi.waitFor(() => expect(sent).toEqual([{ to: 'me' }]));
  });
});
