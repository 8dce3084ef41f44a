import { describe, expect, it } from 'vitest';
import type { WorkspaceCard } from '#lib/contract/workspaces.ts';
import { bannerOf } from './banner-of.ts';

const SEEN_AT = 1_700_000_000_000;
const SILENT: WorkspaceCard = {
  id: 'a',
  name: 'Atlas',
  role: null,
  parent_id: null,
  runtime: 'command',
  provisioner: 'none',
  delivery_mode: 'poll',
  url: null,
  labels: {},
  created_at: SEEN_AT - 1,
  status: 'offline',
  cause: 'lapse',
  reason: 'No beat for 92 s',
  since: SEEN_AT + 92_000,
  late: false,
  token_rejected_at: null,
  active_tasks: 0,
  current_task: '',
  uptime_seconds: 10,
  boot_id: null,
  interval_seconds: 30,
  last_error_rate: 0,
  last_requests: 0,
  last_sample_error: '',
  last_heartbeat_at: SEEN_AT,
  run: null,
  queued: 0,
  activity: 0,
  rev: 1,
};

describe('bannerOf', () => {
  it('tells a silence by the moment of the last beat, which stays true', () => {
    expect(bannerOf(SILENT, 'offline')).toEqual({
      text: 'No beat since',
      at: SEEN_AT,
      by: 'offline since',
      since: SEEN_AT + 92_000,
      more: 'connected by itself',
    });
  });

  it('keeps the words of another cause', () => {
    const ended = bannerOf({ ...SILENT, cause: 'process_ended', reason: 'Its process ended with code 1' }, 'offline');
    expect(ended).toMatchObject({ text: 'Its process ended with code 1', by: 'last seen at', since: SEEN_AT });
    expect(ended.at).toBeUndefined();
  });
});
