import { notifyManager, QueryObserver } from '@tanstack/react-query';
import { describe, expect, it } from 'vitest';
import type { WorkspaceEntry } from './apply-frame.ts';
import {
  createFleetClient,
  dropEntries,
  mergeBars,
  mergeCards,
  nameOf,
  patchFleet,
  readCards,
  readEntry,
  readIndex,
  rememberNames,
  workspaceKey,
} from './fleet-cache.ts';
import { beats, ledger, removal, testCard, testPatch } from './test-cards.ts';

/** Counts what a card that watches `id` would be told. */
function watch(client: ReturnType<typeof createFleetClient>, id: string): { times: number } {
  const seen = { times: 0 };
  const observer = new QueryObserver<WorkspaceEntry>(client, { queryKey: workspaceKey(id), enabled: false });
  observer.subscribe(() => {
    seen.times += 1;
  });
  return seen;
}

const settled = () => new Promise<void>((resolve) => notifyManager.schedule(() => resolve()));

describe('fleet cache', () => {
  it('tells of a beat only whoever watches that workspace', async () => {
    const client = createFleetClient();
    mergeCards(client, [testCard('a'), testCard('b'), testCard('c')]);
    const [a, b, index] = [watch(client, 'a'), watch(client, 'b'), { times: 0 }];
    new QueryObserver(client, { queryKey: ['fleet'], enabled: false }).subscribe(() => {
      index.times += 1;
    });
    patchFleet(client, beats(testPatch('a')));
    await settled();
    expect([a.times, b.times, index.times]).toEqual([1, 0, 0]);
  });

  it('tells nobody of a fetch that says what is known', async () => {
    const client = createFleetClient();
    mergeCards(client, [testCard('a')]);
    const a = watch(client, 'a');
    mergeCards(client, [testCard('a')]);
    await settled();
    expect(a.times).toBe(0);
  });

  it('adds what the ledger brings to the fleet, once', () => {
    const client = createFleetClient();
    patchFleet(client, ledger(1, testCard('n')));
    patchFleet(client, ledger(2, testCard('n', { rev: 2 })));
    expect(readIndex(client).ids).toEqual(['n']);
    expect(readCards(client).map((card) => card.rev)).toEqual([2]);
  });

  it('does not revive what was removed while an older page was on its way', () => {
    const client = createFleetClient();
    mergeCards(client, [testCard('a'), testCard('b')]);
    patchFleet(client, removal(5, 'a'));
    mergeCards(client, [testCard('a'), testCard('b')]);
    expect(readIndex(client).ids).toEqual(['b']);
    expect(readEntry(client, 'a')).toBeUndefined();
  });

  it('keeps bars beside a card that changes, and drops both together', () => {
    const client = createFleetClient();
    mergeCards(client, [testCard('a')]);
    mergeBars(client, { minute: 100, bars: { a: 'o'.repeat(60), unknown: 'o'.repeat(60) } });
    patchFleet(client, ledger(2, testCard('a', { rev: 2 })));
    expect(readEntry(client, 'a')?.bars?.minute).toBe(100);
    expect(readEntry(client, 'unknown')).toBeUndefined();
    dropEntries(client, ['a']);
    expect(readCards(client)).toEqual([]);
  });

  it('knows the names of those it was only told of', () => {
    const client = createFleetClient();
    rememberNames(client, [{ id: 'p', name: 'Research' }]);
    expect(nameOf(client, 'p')).toBe('Research');
    mergeCards(client, [testCard('p', { name: 'Search' })]);
    expect(nameOf(client, 'p')).toBe('Search');
    expect(nameOf(client, 'x')).toBeNull();
  });
});
