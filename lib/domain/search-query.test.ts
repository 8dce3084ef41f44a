import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { WorkspaceCard } from '#lib/contract/workspaces.ts';
import { matchesSearch } from './match-workspace.ts';
import { parseSearch } from './search-query.ts';
import { aCard } from './workspace-card.fixture.ts';

const EMPTY = { words: [], states: null, texts: [], labels: [], bounds: [] };

describe('parseSearch', () => {
  it('reads every kind of filter at once', () => {
    expect(parseSearch('status:wedged runtime:claude-code parent:"Research" error>0.2 beat>5m Text')).toEqual({
      words: ['text'],
      states: ['wedged'],
      texts: [
        { field: 'runtime', value: 'claude-code', whole: false },
        { field: 'parent', value: 'research', whole: true },
      ],
      labels: [],
      bounds: [
        { field: 'error', operator: '>', value: 0.2 },
        { field: 'beat', operator: '>', value: 300_000 },
      ],
    });
  });
  it.each<[string, Partial<ReturnType<typeof parseSearch>>]>([
    ['', {}],
    ['   ', {}],
    ['status:offline,late status:token-rejected', { states: ['offline', 'late', 'token_rejected'] }],
    ['STATUS:Starting', { states: ['provisioning'] }],
    ['status:nonsense', { states: [] }],
    [
      'label:team=core label:"env=my prod"  label:x',
      {
        labels: [
          { key: 'team', value: 'core' },
          { key: 'env', value: 'my prod' },
          { key: 'x', value: null },
        ],
      },
    ],
    [
      'error>=20% uptime<1.5h tasks<=3 since>2d beat>90',
      {
        bounds: [
          { field: 'error', operator: '>=', value: 0.2 },
          { field: 'uptime', operator: '<', value: 5_400_000 },
          { field: 'tasks', operator: '<=', value: 3 },
          { field: 'since', operator: '>', value: 172_800_000 },
          { field: 'beat', operator: '>', value: 90_000 },
        ],
      },
    ],
    ['"two words" one', { words: ['two words', 'one'] }],
    ['http://x.y/z a>b nokey:v', { words: ['http://x.y/z', 'a>b', 'nokey:v'] }],
    ['error>lots', { words: ['error>lots'] }],
    ['tasks>20%', { words: ['tasks>20%'] }],
    ['name:"half typed', { texts: [{ field: 'name', value: 'half typed', whole: true }] }],
    ['status: error> parent:" x', { texts: [{ field: 'parent', value: ' x', whole: true }] }],
    ['status: error> x', { words: ['x'] }],
  ])('%s', (text, expected) => {
    expect(parseSearch(text)).toEqual({ ...EMPTY, ...expected });
  });
  it('never fails', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: fc.constantFrom('a', '"', ':', '>', '=', ' ', '5', 'm') })),
        (text) => void parseSearch(text),
      ),
    );
  });
});

describe('matchesSearch', () => {
  const card = aCard({
    id: 'ws-77',
    name: 'Indexer Nord',
    role: 'Reads documents',
    parent_id: 'p1',
    runtime: 'claude-code',
    labels: { team: 'core' },
    status: 'degraded',
    cause: 'errors',
    reason: '30 % of 10 requests failed: Rate limit',
    since: 1_000_000 - 60_000,
    current_task: 'Crawl the Intranet',
    last_error_rate: 0.3,
    last_sample_error: 'Rate limit',
    last_heartbeat_at: 1_000_000 - 400_000,
    uptime_seconds: 7200,
    active_tasks: 2,
  });
  const matches = (text: string, over: Partial<WorkspaceCard> = {}) =>
    matchesSearch(aCard({ ...card, ...over }), parseSearch(text), { nameOf: (id) => (id === 'p1' ? 'Research' : null), now: 1_000_000 });
  it.each([
    '',
    'nord',
    'NORD documents intranet claude ws-77 "rate limit" research',
    'status:degraded',
    'status:wedged,degraded',
    'state:degraded',
    'runtime:claude',
    'runtime:"claude-code"',
    'runtime:codex runtime:claude',
    'parent:"Research"',
    'parent:res',
    'parent:p1',
    'label:team',
    'label:team=core',
    'error>0.2',
    'error>=30%',
    'beat>5m',
    'since<2m',
    'uptime>1h',
    'tasks>=2',
    'name:index role:reads task:crawl error:limit id:77',
  ])('finds it by: %s', (text) => {
    expect(matches(text)).toBe(true);
  });
  it.each([
    'south',
    'nord south',
    'status:wedged',
    'status:nonsense',
    'runtime:"claude"',
    'parent:"Resea"',
    'label:team=edge',
    'label:none',
    'error>0.3',
    'beat>7m',
    'since>2m',
    'uptime<2h',
    'tasks>2',
    'name:documents',
    'nordreads',
    'runtime:claude parent:other',
  ])('does not find it by: %s', (text) => {
    expect(matches(text)).toBe(false);
  });
  it('holds no bound for what is not known', () => {
    for (const text of ['error<1', 'beat<1d', 'uptime<1d', 'beat>1s']) {
      expect(matches(text, { last_error_rate: null, last_heartbeat_at: null, uptime_seconds: null })).toBe(false);
    }
  });
});
