// Behaves like four known agent programs as far as their one-shot modes go: their flags, their way of taking a prompt,
// their output and their sessions, which are kept in the folder it runs in. Anything it does not know ends with code 2.
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

const [, , name, ...args] = process.argv;
const print = (text) => process.stdout.write(`${text}\n`);
const printJson = (value) => print(JSON.stringify(value));

function refuse(why) {
  process.stderr.write(`error: ${why}\n`);
  process.exit(2);
}

/** Takes known flags off the front; what is left are the words. */
function takeFlags(words, known) {
  const found = {};
  while (words[0]?.startsWith('--')) {
    const flag = words.shift();
    if (!(flag in known)) refuse(`unexpected argument '${flag}'`);
    found[flag] = known[flag] ? words.shift() : true;
  }
  return found;
}

const sessions = existsSync('known-sessions.json') ? JSON.parse(readFileSync('known-sessions.json', 'utf8')) : {};

function converse(session, prompt) {
  if (session !== undefined && sessions[session] === undefined) refuse(`No conversation found with session ID ${session}`);
  const id = session ?? randomUUID();
  sessions[id] = [...(sessions[id] ?? []), prompt];
  writeFileSync('known-sessions.json', JSON.stringify(sessions));
  return { id, text: `turn ${sessions[id].length}: ${sessions[id].join(' | ')}` };
}

const PROGRAMS = {
  claude(prompt) {
    const flags = takeFlags(args, { '--print': false, '--output-format': true, '--resume': true, '--model': true });
    if (!flags['--print'] || flags['--output-format'] !== 'json' || args.length > 0) refuse('claude is not called as it should be');
    const { id, text } = converse(flags['--resume'], prompt);
    const failed = prompt === 'fail';
    printJson({ type: 'result', subtype: 'success', is_error: failed, result: failed ? 'API Error: overloaded' : text, session_id: id });
    if (failed) process.exitCode = 1;
  },
  codex(prompt) {
    if (args.shift() !== 'exec') refuse('only exec is known');
    takeFlags(args, { '--json': false, '--skip-git-repo-check': false, '--model': true });
    const session = args[0] === 'resume' ? args.splice(0, 2)[1] : undefined;
    if (args.length !== 1 || args[0] !== '-') refuse(`codex is not called as it should be: ${args.join(' ')}`);
    const { id, text } = converse(session, prompt);
    printJson({ type: 'thread.started', thread_id: id });
    print('a notice that is no JSON');
    printJson({ type: 'turn.started' });
    printJson({ type: 'item.completed', item: { id: 'item_0', type: 'reasoning', text: 'thinking aloud' } });
    printJson({ type: 'item.completed', item: { id: 'item_1', type: 'agent_message', text: 'Looking into it' } });
    if (prompt === 'fail') {
      printJson({ type: 'error', message: 'Reconnecting' });
      printJson({ type: 'turn.failed', error: { message: 'usage limit reached' } });
      process.exitCode = 1;
      return;
    }
    printJson({ type: 'item.completed', item: { id: 'item_2', type: 'agent_message', text } });
    printJson({ type: 'turn.completed', usage: { input_tokens: 1, output_tokens: 1 } });
  },
  gemini(prompt) {
    const flags = takeFlags(args, { '--output-format': true, '--resume': true, '--model': true });
    if (flags['--output-format'] !== 'json' || args.length > 0) refuse('gemini is not called as it should be');
    print('Loaded cached credentials.');
    const { id, text } = converse(flags['--resume'], prompt);
    if (prompt === 'fail') {
      print(JSON.stringify({ session_id: id, error: { type: 'ApiError', message: 'quota exceeded', code: 429 } }, null, 2));
      process.exitCode = 1;
      return;
    }
    print(JSON.stringify({ session_id: id, response: text, stats: {} }, null, 2));
  },
  opencode(prompt) {
    if (args.shift() !== 'run') refuse('only run is known');
    const flags = takeFlags(args, { '--format': true, '--session': true, '--model': true });
    if (flags['--format'] !== 'json' || args.length > 0) refuse('opencode is not called as it should be');
    const { id, text } = converse(flags['--session'], prompt);
    const event = (type, data) => printJson({ type, timestamp: Date.now(), sessionID: id, ...data });
    event('step_start', { part: { type: 'step-start' } });
    event('text', { part: { type: 'text', text: 'Looking into it' } });
    event('tool_use', { part: { type: 'tool', tool: 'read', state: { output: 'x' } } });
    if (prompt === 'fail') return event('error', { error: { name: 'APIError', data: { message: 'model not found' } } });
    event('text', { part: { type: 'text', text } });
    event('step_finish', { part: { type: 'step-finish' } });
  },
};

let prompt = '';
for await (const chunk of process.stdin) prompt += chunk;
PROGRAMS[name](prompt);
