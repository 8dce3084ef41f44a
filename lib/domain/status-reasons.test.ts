import { expect, test } from 'vitest';
import { gaveUpReason, processEndReason, startFailureReason, tellingLine } from './status-reasons.ts';

const NODE_CRASH = [
  '2026-11-21T01:22:25.254Z info  Listening at http://127.0.0.1:41621 pid=24023',
  'file:///srv/agent/main.js:12',
  "    throw new Error('no key for the model');",
  '          ^',
  '',
  'Error: no key for the model',
  '    at main (file:///srv/agent/main.js:12:11)',
  '    at node:internal/main/run_main_module:28:49',
  '',
  'Node.js v20.20.2',
].join('\n');

test.each([
  ['the error of a crash, not its stack or Node’s farewell', NODE_CRASH, 'Error: no key for the model'],
  ['the last complaint, not what was logged after it', 'starting\nERROR disk is full\nbye', 'ERROR disk is full'],
  ['the last line when nothing complains', 'one\ntwo\n\n', 'two'],
  ['a log line without its time and level', '2026-11-21T01:22:25.254Z error Port 8000 is in use', 'Port 8000 is in use'],
  ['nothing of a log of ordinary work', '[canvas] start 1 attempt 1\n2026-11-21T01:22:25.254Z info  Connected, no error so far', ''],
  ['nothing of an output that says nothing', '\n  \n', ''],
  [
    'a Python traceback’s last line',
    'Traceback (most recent call last):\n  File "a.py", line 1\nValueError: bad port',
    'ValueError: bad port',
  ],
])('picks %s', (_what, output, line) => {
  expect(tellingLine(output)).toBe(line);
});

test('a process’s end is one sentence, however much it said', () => {
  const reason = processEndReason({ code: 1, signal: null, output: NODE_CRASH, restarting: true });
  expect(reason).toBe('Its process ended with code 1; it is started again: Error: no key for the model');
  expect(gaveUpReason(3, 600, NODE_CRASH)).not.toContain('\n');
});

test.each([
  [
    { code: 2, signal: null, output: 'agent.kind must be command, http or sample', said: '' },
    'It could not be started: its process ended with code 2: agent.kind must be command, http or sample',
  ],
  [{ code: null, signal: 'SIGKILL', output: '', said: '' }, 'It could not be started: its process was ended by SIGKILL'],
  [{ code: null, signal: null, output: '', said: 'the folder is not writable' }, 'It could not be started: the folder is not writable'],
])('a start that failed says how: %o', (failure, reason) => {
  expect(startFailureReason(failure)).toBe(reason);
});

test('a warning of its log explains no kill; an error of it and what it wrote besides do', () => {
  const warned = '2026-11-21T01:22:25.254Z warn  Message kb-1 was begun and not finished: error';
  const killed = (output: string) => processEndReason({ code: null, signal: 'SIGKILL', output, restarting: false });
  const bare = 'Its process was ended by SIGKILL (killed: out of memory?)';
  expect(killed(warned)).toBe(bare);
  expect(processEndReason({ code: 137, signal: null, output: warned, restarting: false })).not.toContain('kb-1');
  expect(killed(`2026-11-21T01:22:25.254Z error The heap is full\n${warned}`)).toBe(`${bare}: The heap is full`);
  expect(killed(`out of memory: Killed process 12\n${warned}`)).toBe(`${bare}: out of memory: Killed process 12`);
  expect(processEndReason({ code: 1, signal: null, output: warned, restarting: false })).toContain('kb-1');
});

test('an end that nobody saw has no code to name', () => {
  expect(processEndReason({ code: null, signal: null, output: '', restarting: true })).toBe(
    'Its process ended while nobody watched it; it is started again',
  );
});
