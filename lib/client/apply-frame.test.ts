import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { WorkspaceCard } from '#lib/contract/workspaces.ts';
import { applyFrame, mergeCard, type WorkspaceEntry } from './apply-frame.ts';
import { emptyBars } from './history-bars.ts';
import { beats, ledger, removal, testCard, testPatch } from './test-cards.ts';

const kept = (card = testCard('a'), bars: WorkspaceEntry['bars'] = null) => new Map<string, WorkspaceEntry>([[card.id, { card, bars }]]);

describe('applyFrame', () => {
  it('writes the facts of a beat over what is kept, and nothing else', () => {
    const fleet = kept(testCard('a', { name: 'Atlas', status: 'degraded', cause: 'wedged' }));
    const change = applyFrame((id) => fleet.get(id), beats(testPatch('a', { current_task: 'read', activity: 3 })));
    expect([...change.entries.keys()]).toEqual(['a']);
    expect(change.entries.get('a')?.card).toMatchObject({
      name: 'Atlas',
      status: 'degraded',
      cause: 'wedged',
      current_task: 'read',
      activity: 3,
      rev: 2,
    });
    expect(change.entries.get('a')?.card).not.toHaveProperty('minute');
    expect(change).toMatchObject({ removed: [], refetch: false, position: null, now: 2_000 });
  });

  it('drops a beat that is older than what is kept', () => {
    const fleet = kept(testCard('a', { rev: 9 }));
    expect(applyFrame((id) => fleet.get(id), beats(testPatch('a', { rev: 8 }))).entries.size).toBe(0);
  });

  it('drops beats of a workspace that is not kept', () => {
    expect(applyFrame(() => undefined, beats(testPatch('b'))).entries.size).toBe(0);
  });

  it('takes two beats for one workspace in one frame in their order', () => {
    const fleet = kept(testCard('a'), emptyBars(100));
    const change = applyFrame(
      (id) => fleet.get(id),
      beats(
        testPatch('a', { rev: 2, current_task: 'first', minute: [100, 'w'] }),
        testPatch('a', { rev: 3, current_task: 'second', minute: [101, 'o'] }),
      ),
    );
    expect(change.entries.get('a')?.card.current_task).toBe('second');
    expect(change.entries.get('a')?.bars?.letters.endsWith('.wo')).toBe(true);
  });

  it('marks the minute of a beat, the worse letter staying', () => {
    const fleet = kept(testCard('a'), { ...emptyBars(100), letters: `${'.'.repeat(59)}w` });
    const change = applyFrame((id) => fleet.get(id), beats(testPatch('a', { minute: [100, 'o'] })));
    expect(change.entries.get('a')?.bars).toEqual({ minute: 100, letters: `${'.'.repeat(59)}w` });
    const next = applyFrame((id) => fleet.get(id), beats(testPatch('a', { minute: [101, 'o'] })));
    expect(next.entries.get('a')?.bars).toEqual({ minute: 101, letters: `${'.'.repeat(58)}wo` });
  });

  it('adds a workspace that the ledger tells of, and moves the position', () => {
    const change = applyFrame(() => undefined, ledger(7, testCard('new')));
    expect(change.entries.get('new')?.card.id).toBe('new');
    expect(change.position).toBe('e:7');
  });

  it('believes the whole card of a ledger row over a patch of the same revision', () => {
    const fleet = kept(testCard('a', { rev: 5 }));
    const change = applyFrame((id) => fleet.get(id), ledger(7, testCard('a', { rev: 5, status: 'offline', cause: 'lapse' })));
    expect(change.entries.get('a')?.card.status).toBe('offline');
  });

  it('moves the position even when the replayed row is older than what is kept', () => {
    const fleet = kept(testCard('a', { rev: 50 }));
    const change = applyFrame((id) => fleet.get(id), ledger(7, testCard('a', { rev: 5, status: 'offline' })));
    expect(change.entries.size).toBe(0);
    expect(change.position).toBe('e:7');
  });

  it('drops what was removed', () => {
    expect(applyFrame((id) => kept().get(id), removal(8, 'a')).removed).toEqual(['a']);
  });

  it('asks for everything on a reset, from the position that the reset names', () => {
    const change = applyFrame(() => undefined, { name: 'reset', id: 'f:90', data: { why: 'unknown_epoch', seq: 90, now: 5 } });
    expect(change).toMatchObject({ refetch: true, position: 'f:90', now: 5 });
  });

  it('changes nothing at hello', () => {
    const change = applyFrame((id) => kept().get(id), { name: 'hello', id: null, data: { epoch: 'e', seq: 1, now: 5, build: 'x' } });
    expect(change).toMatchObject({ removed: [], refetch: false, position: null });
    expect(change.entries.size).toBe(0);
  });

  it('ends in the newest revision, in whatever order frames and fetches arrive', () => {
    const step = fc.record({ rev: fc.integer({ min: 1, max: 30 }), kind: fc.constantFrom('beats', 'ledger', 'fetch') });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 40 }), (steps) => {
        const fleet = kept(testCard('a', { rev: 0, current_task: 'task 0' }));
        for (const { rev, kind } of steps) {
          const task = `task ${rev}`;
          if (kind === 'fetch') fleet.set('a', mergeCard(fleet.get('a'), testCard('a', { rev, current_task: task })));
          else {
            const frame =
              kind === 'beats'
                ? beats(testPatch('a', { rev, current_task: task }))
                : ledger(rev, testCard('a', { rev, current_task: task }));
            for (const [id, entry] of applyFrame((one) => fleet.get(one), frame).entries) fleet.set(id, entry);
          }
        }
        const newest = Math.max(...steps.map(({ rev }) => rev));
        expect(fleet.get('a')?.card).toMatchObject({ rev: newest, current_task: `task ${newest}` });
      }),
    );
  });
});

describe('mergeCard', () => {
  it('answers the very entry that is kept when a fetch says nothing new', () => {
    const entry = { card: testCard('a', { labels: { team: 'x' } }), bars: null };
    expect(mergeCard(entry, testCard('a', { labels: { team: 'x' } }))).toBe(entry);
  });

  it('compares a run by what it says', () => {
    const run = (left: number): WorkspaceCard['run'] => ({
      id: 'r1',
      kind: 'restart',
      state: 'draining',
      requested_at: 1_000,
      deadline_at: null,
      left,
      rev: 1,
    });
    const entry = { card: testCard('a', { run: run(2) }), bars: null };
    expect(mergeCard(entry, testCard('a', { run: run(2) }))).toBe(entry);
    expect(mergeCard(entry, testCard('a', { run: run(1) })).card.run?.left).toBe(1);
    expect(mergeCard(entry, testCard('a')).card.run).toBeNull();
  });

  it('keeps the bars when the card is newer', () => {
    const bars = emptyBars(5);
    expect(mergeCard({ card: testCard('a'), bars }, testCard('a', { rev: 2 })).bars).toBe(bars);
  });
});
