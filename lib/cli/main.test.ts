import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { RestartRunDetail, RunStamp } from '#lib/contract/restarts.ts';
import type { WorkspaceCard } from '#lib/contract/workspaces.ts';
import { CanvasCommand, TestCanvas } from './test-canvas.ts';

const NOON = Date.UTC(2026, 0, 1, 12);
const SECOND = 1000;
const TOKEN = `canvas_${'a'.repeat(43)}`;

let command: CanvasCommand;
let canvas: TestCanvas;

beforeAll(() => {
  command = new CanvasCommand();
});
afterAll(() => command.remove());
beforeEach(async () => {
  canvas = await new TestCanvas().open();
});
afterEach(() => canvas.close());

const run = (...args: string[]) => command.run(args, { CANVAS_URL: canvas.url, CANVAS_TOKEN: TOKEN });

const card = (some: Partial<WorkspaceCard>): WorkspaceCard => ({
  id: 'w1',
  name: 'Atlas',
  role: null,
  parent_id: null,
  runtime: null,
  provisioner: 'process',
  delivery_mode: 'push',
  url: null,
  labels: {},
  created_at: NOON,
  status: 'online',
  cause: null,
  reason: '',
  since: NOON - 65 * 60 * SECOND,
  late: false,
  token_rejected_at: null,
  active_tasks: 0,
  current_task: '',
  uptime_seconds: 90,
  boot_id: 'b',
  interval_seconds: 30,
  last_error_rate: 0,
  last_requests: null,
  last_sample_error: '',
  last_heartbeat_at: NOON - 4 * SECOND,
  run: null,
  queued: 0,
  activity: 0,
  rev: 1,
  ...some,
});
const page = (...items: WorkspaceCard[]) => ({ items, next: null, now: NOON });
const fleet = (...items: WorkspaceCard[]) => canvas.on('GET /workspaces?page&limit=1000', page(...items));

const stamp = (step: RunStamp['step'], after: number, detail: Record<string, unknown> = {}): RunStamp => ({
  step,
  at: NOON + after * SECOND,
  detail,
});
const runAt = (steps: RunStamp[], some: Partial<RestartRunDetail> = {}): RestartRunDetail => ({
  id: 'r1',
  workspace_id: 'w1',
  workspace_name: 'Atlas',
  kind: 'restart',
  state: steps.at(-1)?.step ?? 'requested',
  origin: 'request',
  actor: { kind: 'operator', id: 'local', name: 'this machine' },
  reason: null,
  requested_at: NOON,
  ended_at: null,
  deadline_seconds: 60,
  deadline_at: null,
  force: false,
  provisioned: true,
  signal: null,
  in_flight: [],
  still_in_flight: [],
  unfinished: [],
  boot_id_before: 'b',
  boot_id_after: null,
  snapshot_id: null,
  restore_snapshot_id: null,
  restored: null,
  attempts: 0,
  failure: null,
  waits_for: '',
  bulk_id: null,
  group_id: null,
  rev: 1,
  steps,
  queue: { waiting: 0, delivered: 0, failed: 0 },
  may: {},
  ...some,
});

describe('canvas status', () => {
  test('shows all, with what they are at, and how many are how', async () => {
    fleet(
      card({ id: 'w2', name: 'Bode', status: 'degraded', cause: 'wedged', reason: 'stuck on a lock', since: NOON - 4 * SECOND }),
      card({ active_tasks: 2, current_task: 'Reading the log', queued: 1 }),
    );
    const ran = await run('status');
    expect(ran).toEqual({
      code: 0,
      err: '',
      out: [
        'Wedged  Bode   4 s        stuck on a lock',
        'Online  Atlas  1 h 5 min  2 tasks 1 waiting Reading the log',
        '',
        '2 workspaces: 1 wedged, 1 online',
        '',
      ].join('\n'),
    });
    expect(canvas.heard[0]?.authorization).toBe(`Bearer ${TOKEN}`);
  });

  test('reads every page', async () => {
    canvas.on('GET /workspaces?page&limit=1000', { ...page(card({})), next: 'a b' });
    canvas.on('GET /workspaces?page&limit=1000&cursor=a%20b', page(card({ id: 'w2', name: 'Bode' })));
    expect((await run('status')).out).toContain('2 workspaces: 2 online');
  });

  test('shows one, by the beginning of its name', async () => {
    fleet(card({}), card({ id: 'w2', name: 'Bode' }));
    canvas.on('GET /workspaces/w2', card({ id: 'w2', name: 'Bode', current_task: 'Reading' }));
    const { out } = await run('status', 'bo');
    expect(out.split('\n')).toEqual([
      'Bode',
      '  id        w2',
      '  status    Online for 1 h 5 min',
      '  task      Reading',
      '  in flight 0',
      '  last beat 4 s ago',
      '  up for    1 min',
      '',
    ]);
  });

  test('shows what an agent says and obeys none of it', async () => {
    const evil = '\u001b]0;title\u0007\u001b[2Jnew\nline \u202eturned\u0085';
    fleet(card({ name: `A${evil}`, current_task: evil }));
    for (const args of [['status'], ['status', '--json']]) {
      const { out } = await run(...args);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
      expect(out).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
      expect(out).toContain('turned');
    }
    expect(JSON.parse((await run('status', '--json')).out)).toEqual([card({ name: `A${evil}`, current_task: evil })]);
  });
});

describe('a workspace', () => {
  const many = () =>
    fleet(card({}), card({ id: 'w2', name: 'atlas' }), card({ id: 'w3', name: 'Atlantis' }), card({ id: 'Atlas', name: 'Id' }));

  test.each([
    ['w3', 'w3'],
    ['Atlas', 'Atlas'],
    ['atlas', 'w2'],
    ['atlan', 'w3'],
    ['I', 'Atlas'],
  ])('named %s is %s', async (wanted, id) => {
    many();
    canvas.on(`GET /workspaces/${id}`, card({ id }));
    expect((await run('status', wanted, '--json')).out).toContain(`"id": "${id}"`);
  });

  test('that may be several is asked for again, with their ids', async () => {
    many();
    expect(await run('restart', 'atl')).toEqual({
      code: 2,
      out: '',
      err: 'canvas: "atl" may be 3 workspaces; give an id:\n  w1  Atlas\n  w2  atlas\n  w3  Atlantis\n',
    });
    expect(await run('restart', 'nobody')).toMatchObject({ code: 2, err: 'canvas: There is no workspace "nobody". See canvas status.\n' });
    expect(canvas.heard.some(({ route }) => route.startsWith('POST'))).toBe(false);
  });
});

describe('canvas restart', () => {
  beforeEach(() => {
    fleet(card({}));
  });

  test('asks for it and says which run it is', async () => {
    canvas.on('POST /workspaces/w1/restart', { status: 202, body: runAt([stamp('requested', 0)]) });
    expect(await run('restart', 'Atlas')).toEqual({ code: 0, err: '', out: 'Restart of Atlas: r1\n' });
    expect(canvas.heard.at(-1)).toMatchObject({ route: 'POST /workspaces/w1/restart', body: { force: false } });
  });

  test.each<[string[], Record<string, unknown>]>([
    [['--deadline', '15m', '--reason', 'new model'], { force: false, deadline_seconds: 900, reason: 'new model' }],
    [['--deadline', 'none', '--force'], { force: true, deadline_seconds: null }],
    [['--deadline=90'], { force: false, deadline_seconds: 90 }],
  ])('with %j asks for %j', async (flags, body) => {
    canvas.on('POST /workspaces/w1/restart', runAt([stamp('requested', 0)]));
    await run('restart', 'Atlas', ...flags);
    expect(canvas.heard.at(-1)?.body).toEqual(body);
  });

  test('says when it joined one that is under way', async () => {
    const underWay = { id: 'r1', kind: 'restart', state: 'draining', requested_at: NOON, deadline_at: null, left: 1, rev: 1 } as const;
    fleet(card({ run: underWay }));
    canvas.on('POST /workspaces/w1/restart', runAt([stamp('requested', 0)]));
    expect((await run('restart', 'w1')).out).toBe('Atlas is being restarted already, and this joined it: r1\nIts deadline is 1 min.\n');
    canvas.on('POST /workspaces/w1/restart', runAt([stamp('requested', 0)], { deadline_seconds: null }));
    expect((await run('restart', 'w1')).out).toContain('\nIt waits for work in flight as long as that takes.\n');
    canvas.on('POST /workspaces/w1/restart', runAt([stamp('requested', 0)], { force: true }));
    expect((await run('restart', 'w1')).out).toContain('\nIt does not wait for work in flight.\n');
  });

  test('--wait says each step once, with its time, over an absence of Canvas, to the end', async () => {
    const first = [stamp('requested', 0), stamp('signalled', 1, { outcome: 'acknowledged' })];
    const second = [...first, stamp('draining', 1), stamp('drained', 40, { how: 'said' })];
    const restored = {
      confirmed: true,
      why: '',
      session_id: 's',
      session_resumed: true,
      transcript_lines: 3,
      completed_messages: 1,
      differences: [],
    };
    canvas.on('POST /workspaces/w1/restart', runAt(first));
    canvas.on(
      'GET /restarts/r1',
      runAt(second, { in_flight: [{ id: 't', summary: 'Build\u001b[1m it' }] }),
      { status: 0, body: null },
      { status: 503, body: { error: 'Too much to do.', code: 'overloaded' } },
      runAt([...second, stamp('done', 42)], {
        state: 'done',
        ended_at: NOON + 42 * SECOND,
        restored,
        queue: { waiting: 0, delivered: 3, failed: 0 },
      }),
    );
    const ran = await run('restart', 'Atlas', '--wait');
    expect([ran.code, ran.err]).toEqual([0, '']);
    expect(ran.out.split('\n')).toEqual([
      'Restart of Atlas: r1',
      '12:00:00  Asked for',
      '12:00:01  Signal acknowledged',
      '12:00:01  Draining: Build [1m it',
      '12:00:40  Drained: it says that nothing is at work',
      expect.stringMatching(/^\d\d:\d\d:\d\d {2}Canvas could not be reached on http:\S+ \(\S+\)\. .* Still trying\.$/),
      '12:00:42  Done',
      'Done in 42 s: session resumed, 3 delivered.',
      '',
    ]);
  });

  test('--wait says what the run waits for, once whenever it changes', async () => {
    const saved = [stamp('snapshot_saved', 2)];
    canvas.on('POST /workspaces/w1/restart', runAt(saved));
    canvas.on(
      'GET /restarts/r1',
      runAt(saved, { waits_for: 'Stop it\u001b[1m and start it' }),
      runAt(saved, { waits_for: 'Stop it\u001b[1m and start it' }),
      runAt(saved, { waits_for: 'its first beat' }),
      runAt([...saved, stamp('done', 9)], { ended_at: NOON + 9 * SECOND }),
    );
    const { out } = await run('restart', 'Atlas', '--wait');
    expect(out.match(/(?<=Waiting: ).*/g)).toEqual(['Stop it [1m and start it', 'its first beat']);
  });

  test('--wait ends with 1 and the last words of the process when it failed, with 4 when it was cancelled', async () => {
    canvas.on('POST /workspaces/w1/restart', runAt([stamp('requested', 0)]));
    const failure = { step: 'started' as const, why: 'It ended with code 1.', output: 'no key\n\nbye\n' };
    canvas.on('GET /restarts/r1', runAt([stamp('requested', 0), stamp('failed', 9)], { state: 'failed', ended_at: NOON + 9000, failure }));
    const failed = await run('restart', 'Atlas', '--wait');
    expect([failed.code, failed.out]).toEqual([1, expect.stringContaining('Failed after 9 s: It ended with code 1.\n  no key\n  bye\n')]);
    canvas.on('GET /restarts/r1', runAt([stamp('cancelled', 5)], { state: 'cancelled', ended_at: NOON + 5000 }));
    expect(await run('restart', 'Atlas', '--wait')).toMatchObject({ code: 4, out: expect.stringContaining('Cancelled after 5 s.\n') });
  });

  test('--json prints the run alone, as it ended', async () => {
    canvas.on('POST /workspaces/w1/restart', runAt([stamp('requested', 0)]));
    canvas.on('GET /restarts/r1', runAt([stamp('done', 1)], { ended_at: NOON + 1000 }));
    const ran = await run('restart', 'Atlas', '--wait', '--json');
    expect([ran.code, JSON.parse(ran.out)]).toEqual([0, runAt([stamp('done', 1)], { ended_at: NOON + 1000 })]);
  });

  test('says why Canvas refused it', async () => {
    canvas.on('POST /workspaces/w1/restart', { status: 409, body: { error: 'Atlas is paused.', code: 'conflict' } });
    expect(await run('restart', 'Atlas')).toEqual({ code: 3, out: '', err: 'canvas: Atlas is paused.\n' });
  });
});

describe('wrong usage', () => {
  test.each([
    [['restart'], 'Which workspace?'],
    [['restart', 'a', 'b'], 'One workspace at a time'],
    [['restart', 'a', '--deadline', 'soon'], '--deadline must be a time'],
    [['restart', 'a', '--dedline', '1m'], 'There is no option --dedline here. See'],
    [['stop', 'a'], '"stop" is not a command'],
    [['status', '--wait'], 'There is no option --wait here. See'],
    [['status', ''], 'The name of the workspace is empty'],
    [['restart', ' '], 'The name of the workspace is empty'],
    [['restart', 'a', '--deadline', '8d'], '--deadline is at most 7 d, or none, not "8d"'],
    [['restart', 'a', '--reason', 'x'.repeat(501)], '--reason is at most 500 characters, not 501'],
    [['restart', 'a', '--reason'], '--reason wants a value: --reason=VALUE. See'],
    [['restart', 'a', '--deadline', '-5'], '--deadline wants a value'],
    [['restart', 'a', '--force=yes'], '--force takes no value. See'],
    [['status', '-x'], 'There is no option -x here'],
    [['status', '--url', 'ftp://x'], 'is no address of Canvas'],
  ])('%j is refused before anything is asked', async (args, says) => {
    expect(await run(...args)).toMatchObject({ code: 2, out: '', err: expect.stringContaining(says) });
    expect(canvas.heard).toEqual([]);
  });

  test('help is no mistake', async () => {
    for (const args of [['help'], ['--help'], ['restart', '-h']]) {
      expect(await run(...args)).toMatchObject({ code: 0, err: '', out: expect.stringContaining('Exit codes') });
    }
  });
});

test('nothing at all is a question for help, and a mistake', async () => {
  expect(await run()).toMatchObject({ code: 2, out: '', err: expect.stringContaining('Exit codes') });
});

describe('where Canvas is', () => {
  test('the flag wins over the environment', async () => {
    fleet(card({}));
    const ran = await command.run(['status', '--url', canvas.url], { CANVAS_URL: 'http://127.0.0.1:1' });
    expect([ran.code, canvas.heard[0]?.authorization]).toEqual([0, undefined]);
  });

  test('nobody there, somebody else there, or a token that is refused: 3, and what to do', async () => {
    const nobody = await command.run(['status'], { CANVAS_URL: 'http://127.0.0.1:1' });
    expect(nobody).toMatchObject({ code: 3, err: expect.stringContaining('--url or CANVAS_URL') });
    canvas.on('GET /workspaces?page&limit=1000', '<html>');
    expect(await run('status')).toMatchObject({ code: 3, err: expect.stringContaining('does not answer as Canvas does') });
    canvas.on('GET /workspaces?page&limit=1000', { status: 401, body: { error: 'This API token is unknown.', code: 'token_rejected' } });
    const refused = await run('status');
    expect(refused).toEqual({ code: 3, out: '', err: 'canvas: This API token is unknown.\n' });
    expect(refused.err + nobody.err).not.toContain(TOKEN);
  });
});
