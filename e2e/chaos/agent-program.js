import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

// node agent-program.js FOLDER [SESSION], the message on stdin: an agent as a careful one is. What it does in the world is
// a line `effect` in its ledger, which Canvas knows nothing of; a message that comes again is looked up there first.
const [folder = '', given = null] = process.argv.slice(2);
const { CANVAS_MESSAGE_ID: id = '', CANVAS_CONTEXT_ID: context = '', CANVAS_REDELIVERED: redelivered } = process.env;
const ledger = join(folder, 'ledger.jsonl');
const sessions = join(folder, 'sessions');
/** A message that was answered as failed is sent again under another id, `ID+1`: it is the same work. */
const work = id.split('+')[0];

function write(what, more = {}) {
  const file = openSync(ledger, 'a', 0o600);
  writeSync(file, `${JSON.stringify({ what, id, work, context, at: Date.now(), ...more })}\n`);
  fsyncSync(file);
  closeSync(file);
}

function linesOf(file) {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line) => {
      try {
        return [JSON.parse(line)];
      } catch {
        return [];
      }
    });
}

/** Whether that process is one of ours, and not a stranger with its number. */
function isAtWork(pid) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(folder);
  } catch {
    return false;
  }
}

/** `home` leads to the workspace's own folder: whether its runtime had written down that this message is done. */
const finished = linesOf(join(folder, 'home', 'completed-messages.jsonl')).some((line) => line.id === id);
const twin = linesOf(ledger).find((line) => line.what === 'begin' && line.work === work && isAtWork(line.pid))?.pid ?? null;
write('begin', { pid: process.pid, session: given, redelivered: redelivered === '1', finished, twin });
const asked = readFileSync(0, 'utf8');
const takesMs = Number(/takes (\d+)/.exec(asked)?.[1] ?? 0);
/** A message of its own runtime about delegations that have ended names each in a line. */
const told = id.startsWith('results-') ? [...asked.matchAll(/^- (\S+) (?:completed|failed|expired): /gm)].map((match) => match[1]) : [];

const session = given ?? `session-${context}-${process.pid}-${Date.now()}`;
const sessionFile = join(sessions, session);
if (given !== null && !existsSync(sessionFile)) {
  console.error(`No conversation found with session ${given}`);
  process.exit(1);
}
const turn = given === null ? 1 : Number(readFileSync(sessionFile, 'utf8')) + 1;

await delay(takesMs / 2);
if (!linesOf(ledger).some((line) => line.what === 'effect' && line.work === work)) write('effect', told.length > 0 ? { told } : {});
await delay(takesMs / 2);

mkdirSync(sessions, { recursive: true });
const draft = `${sessionFile}.${process.pid}.tmp`;
writeFileSync(draft, String(turn));
renameSync(draft, sessionFile);
write('done', { session, turn });
console.log(JSON.stringify({ session, text: `done ${work}, turn ${turn}` }));
