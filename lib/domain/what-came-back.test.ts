import { expect, test } from 'vitest';
import type { Snapshot } from '#lib/contract/snapshot.ts';
import { whatCameBack } from './what-came-back.ts';

const snapshot = (some: Partial<Snapshot> = {}): Snapshot => ({
  schema: 1,
  workspace_id: 'w',
  timestamp: 1000,
  boot_id: 'boot',
  current_task: '',
  active_tasks: 0,
  uptime_seconds: 60,
  session_id: 'session-1',
  transcript_lines: ['user: hello'],
  transcript_lines_dropped: 0,
  completed_message_ids: ['m1'],
  unfinished: [],
  adapter: {},
  redactions: {},
  dropped_sandbox: 0,
  ...some,
});

test.each([
  ['the same session', snapshot(), true, true, []],
  ['another one', snapshot({ session_id: 'session-2' }), true, false, ['session_id is another']],
  ['the same, of one that was killed', snapshot(), false, true, []],
  ['another one, of one that was killed: it may have begun it after its snapshot', snapshot({ session_id: 'session-2' }), false, null, []],
])('%s', (_case, now, lastWord, session_resumed, differences) => {
  expect(whatCameBack({ snapshot: snapshot(), lastWord }, now)).toMatchObject({ confirmed: true, session_resumed, differences });
});

test('where none was saved, or there was no session, nobody knows whether it was resumed', () => {
  expect(whatCameBack(null, snapshot())).toMatchObject({
    session_id: 'session-1',
    session_resumed: null,
    transcript_lines: 1,
    completed_messages: 1,
  });
  expect(whatCameBack({ snapshot: snapshot({ session_id: null }), lastWord: true }, snapshot()).session_resumed).toBeNull();
});
