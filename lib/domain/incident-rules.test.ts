import { describe, expect, test } from 'vitest';
import type { LedgerEvent, NewEvent } from '#lib/contract/events.ts';
import { movesOf, wrongNow } from './incident-rules.ts';
import { newFacts, type WorkspaceFacts } from './workspace-facts.ts';

const scout = { id: 'w', name: 'Scout' };
const ACTOR = { kind: 'platform', id: null, name: 'test' } as const;

type Some = { [T in NewEvent['type']]: { type: T; data: Extract<NewEvent, { type: T }>['data'] } }[NewEvent['type']];
const event = (some: Some): LedgerEvent => ({ seq: 7, workspace_id: 'w', actor: ACTOR, at: 1000, ...some }) as LedgerEvent;
type Status = Extract<NewEvent, { type: 'workspace.status' }>['data'];
const status = (data: Partial<Status>): Some => ({
  type: 'workspace.status',
  data: { from: 'online', to: 'online', cause: null, reason: '', evidence: {}, ...data },
});
const run = (step: 'failed' | 'done' | 'cancelled' | 'started', kind: 'restart' | 'pause' = 'restart'): Some => ({
  type: 'restart.step',
  data: { run_id: 'r', kind, step, says: 'It did not come back' },
});

/** Moves in a line: `+kind severity facts` raises, `-kinds` closes, `~id` forgives. */
function told(some: Some, subject: typeof scout | null = scout): string[] {
  return movesOf(event(some), subject).map((move) => {
    if (move.do === 'raise') {
      const { kind, severity, facts, continues } = move.finding;
      return `+${kind} ${severity} ${facts}${continues ? ' on' : ''}`;
    }
    return move.do === 'close' ? `-${[move.kinds].flat().join(' ')}` : `~${move.queue_id}`;
  });
}

const STATUS = 'wedged failed offline degraded';

describe('what an event does to incidents', () => {
  test.each<[string, Some, string[]]>([
    ['online', status({ to: 'online', from: 'offline' }), [`-${STATUS}`]],
    [
      'wedged',
      status({ to: 'degraded', cause: 'wedged', evidence: { wedged: { reason: 'x', since: 900 } } }),
      ['-offline failed', '+wedged critical wedged@900'],
    ],
    [
      'wedged, by evidence of another form',
      status({ to: 'degraded', cause: 'wedged', evidence: { wedged: 'yes' } }),
      ['-offline failed', '+wedged critical wedged@1000'],
    ],
    ['failing', status({ to: 'degraded', cause: 'errors' }), ['-offline failed', '-wedged', '+degraded warning errors@1000']],
    ['silent, and started here', status({ to: 'offline', cause: 'lapse' }), ['+offline critical lapse@1000']],
    ['silent, and run elsewhere', status({ to: 'awaiting_agent', cause: 'lapse' }), ['+offline warning lapse@1000']],
    [
      'silent, then its end was seen',
      status({ from: 'offline', to: 'offline', cause: 'process_ended' }),
      ['-wedged degraded', '+offline critical process_ended@1000 on'],
    ],
    ['never connected', status({ from: 'provisioning', to: 'awaiting_agent', cause: 'not_connected' }), []],
    [
      'failed',
      status({ from: 'offline', to: 'failed', cause: 'start_failed' }),
      ['+failed critical start_failed@1000', '-wedged offline degraded'],
    ],
    [
      'failed once more',
      status({ from: 'failed', to: 'failed', cause: 'no_first_beat' }),
      ['+failed critical no_first_beat@1000 on', '-wedged offline degraded'],
    ],
    ['paused', status({ to: 'paused', cause: 'stopped' }), [`-${STATUS} token_rejected`]],
    ['starting', status({ from: 'offline', to: 'provisioning' }), []],
    ['draining', status({ to: 'draining', cause: 'restart' }), []],
    ['restarting', status({ to: 'restarting', cause: 'restart' }), []],
    ['a new boot', { type: 'workspace.booted', data: { boot_id: 'b', previous_boot_id: 'a' } }, ['-wedged']],
    [
      'a new boot that is stuck',
      { type: 'workspace.booted', data: { boot_id: 'b', previous_boot_id: 'a', wedged: { reason: 'x', since: 999 } } },
      ['+wedged critical wedged@999'],
    ],
    ['a refused token', { type: 'token.rejected', data: { why: 'old' } }, ['+token_rejected warning rejected@1000']],
    ['a token accepted again', { type: 'token.accepted_again', data: {} }, ['-token_rejected']],
    ['a failed restart', run('failed'), ['+restart_failed warning r']],
    ['a restart that is done', run('done'), ['-restart_failed']],
    ['a restart on its way', run('started'), []],
    ['a cancelled restart', run('cancelled'), []],
    [
      'a failed message',
      { type: 'message.failed', data: { queue_id: 'q', sender_name: 'Ada', why: 'no' } },
      ['+message_failed warning message.failed q 7'],
    ],
    [
      'an expired message',
      { type: 'message.expired', data: { queue_id: 'q', sender_name: 'Ada' } },
      ['+message_failed warning message.expired q 7'],
    ],
    ['a dropped message', { type: 'message.dropped', data: { queue_id: 'q', sender_name: 'Ada', why: '' } }, ['~q']],
    ['a retried message', { type: 'message.retried', data: { queue_id: 'q', sender_name: 'Ada' } }, ['~q']],
    ['its removal', { type: 'workspace.removed', data: { name: 'Scout' } }, ['-every']],
    [
      'a process given up on, which its status tells',
      { type: 'process.gave_up', data: { restarts: 3, window_seconds: 60, output: '' } },
      [],
    ],
    [
      'a change of an incident',
      { type: 'incident.changed', data: { incident_id: 'i', kind: 'offline', severity: 'info', change: 'opened', title: '', count: 1 } },
      [],
    ],
  ])('%s', (_name, some, expected) => {
    expect(told(some)).toEqual(expected);
  });

  test('of a workspace that is gone only its removal is told', () => {
    expect(told(status({ to: 'offline', cause: 'lapse' }), null)).toEqual([]);
    expect(told({ type: 'workspace.removed', data: { name: 'Scout' } }, null)).toEqual(['-every']);
  });

  test('the words name the workspace, and bring what is known as detail', () => {
    expect(movesOf(event(run('failed', 'pause')), scout)).toMatchObject([
      { finding: { title: 'A pause of Scout failed', detail: 'It did not come back', run_id: 'r', key: 'restart_failed w' } },
    ]);
    expect(movesOf(event(status({ to: 'offline', cause: 'lapse', reason: 'No beat for 92 s' })), scout)).toMatchObject([
      { finding: { title: 'Scout is offline', detail: 'No beat for 92 s', workspace_id: 'w', at: 1000 } },
    ]);
  });
});

describe('what is wrong by the facts alone', () => {
  const wrong = (some: Partial<WorkspaceFacts>) =>
    wrongNow(scout, { ...newFacts(true, 0), status: 'online', since: 50, ...some }).map(({ kind, facts, at }) => `${kind} ${facts} ${at}`);

  test.each<[string, Partial<WorkspaceFacts>, string[]]>([
    ['nothing', {}, []],
    ['a wedge', { status: 'degraded', cause: 'wedged', wedged: { reason: '', since: 40 } }, ['wedged wedged@40 50']],
    ['silence', { status: 'offline', cause: 'lapse' }, ['offline lapse@50 50']],
    [
      'a failed start, and a refused token',
      { status: 'failed', cause: 'start_failed', token_rejected_at: 60 },
      ['failed start_failed@50 50', 'token_rejected rejected@60 60'],
    ],
    ['a pause', { status: 'paused', cause: 'stopped' }, []],
  ])('%s', (_name, some, expected) => {
    expect(wrong(some)).toEqual(expected);
  });

  test('says the same as the event that told it, so that neither files it twice', () => {
    const [move] = movesOf(event(status({ to: 'offline', cause: 'lapse' })), scout);
    const [finding] = wrongNow(scout, { ...newFacts(true, 0), status: 'offline', cause: 'lapse', since: 1000 });
    expect(move).toMatchObject({ do: 'raise', finding: { key: finding?.key, facts: finding?.facts } });
  });
});
