import { expect, test, vi } from 'vitest';
import type { AgentHost, AskOptions } from './agent.ts';
import { rpc } from './test-http.ts';
import { type Reply, refusal, type SeenRequest } from './test-platform.ts';
import { testRuntimes } from './test-runtime.ts';

const open = testRuntimes();
const SILENT: Reply = { status: 200, silent: true };
const isQuestion = ({ path }: SeenRequest) => path === '/workspaces/peer/a2a';

/** Asks the peer what it is asked, for messages that begin so; takes nothing else. */
function asking(options: AskOptions = {}) {
  let host: AgentHost | undefined;
  const handled: string[] = [];
  return {
    handled,
    host: () => vi.waitUntil(() => host),
    start: (given: AgentHost) => {
      host = given;
    },
    async handle({ text, messageId }: { text: string; messageId: string }) {
      handled.push(messageId);
      if (host === undefined) throw new Error('it has not started');
      return { text: await host.ask('peer', text, options) };
    },
  };
}

test('each question has an id of its own', async () => {
  const agent = asking();
  const { platform } = await open(agent);
  platform.onRequest = (request) => (isQuestion(request) ? { status: 200, body: { result: { parts: [{ text: 'yes' }] } } } : undefined);
  const host = await agent.host();
  expect([await host.ask('peer', 'one'), await host.ask('peer', 'one')]).toEqual(['yes', 'yes']);
  const ids = platform.seen.filter(isQuestion).map(({ body }) => (body as { params: { message: { messageId: string } } }).params.message);
  expect(new Set(ids.map(({ messageId }) => messageId)).size).toBe(2);
});

test('what it tells the operator is its own message, also about a delegation', async () => {
  const agent = asking();
  const { platform } = await open(agent);
  const told = ({ path }: SeenRequest) => path === '/workspaces/ws-1/notify';
  platform.onRequest = (request) => (told(request) ? { status: 200, body: { status: 'sent' } } : undefined);
  const host = await agent.host();
  await host.notify('half of it is there', { delegationId: 'd-1' });
  await host.notify('look', { type: 'possible_injection' });
  expect(platform.seen.filter(told).map(({ body }) => body)).toEqual([
    { message: 'half of it is there', type: 'agent_message', delegation_id: 'd-1' },
    { message: 'look', type: 'possible_injection' },
  ]);
});

test('a question that is not answered in time says what was last heard', async () => {
  const agent = asking();
  const { platform } = await open(agent);
  platform.onRequest = (request) =>
    isQuestion(request)
      ? { status: 202, body: { queued: true, queue_id: 'q1', queue_depth: 1 } }
      : request.path.includes('/queue/')
        ? { status: 200, body: { state: 'waiting', why: 'It is being restarted' } }
        : undefined;
  const answer = (await agent.host()).ask('peer', 'one', { timeoutMs: 1500 });
  await expect(answer).rejects.toMatchObject({
    code: 'timeout',
    message: 'The question to workspace peer was not answered within 1.5 s. The last that was heard: It is being restarted',
  });
});

test.each<[string, 'cancel' | 'deadline' | 'signal' | 'stop']>([
  ['its task is cancelled', 'cancel'],
  ['the deadline of a drain ends its task', 'deadline'],
  ['its own signal says so', 'signal'],
  ['the runtime stops', 'stop'],
])('a question is given up when %s', async (_name, how) => {
  const giveUp = new AbortController();
  const agent = asking(how === 'signal' ? { signal: giveUp.signal } : {});
  let end: unknown;
  const { platform, runtime, signal } = await open({
    start: agent.start,
    handle: (task) =>
      agent.handle(task).catch((thrown: unknown) => {
        end = thrown;
        throw thrown;
      }),
  });
  platform.onRequest = (request) => (isQuestion(request) ? SILENT : undefined);
  await agent.host();
  const { result } = await rpc(runtime.url, 'message/send', {
    configuration: { blocking: false },
    message: { messageId: 'm1', parts: [{ text: 'hi' }] },
  });
  await platform.until(() => platform.seen.find(isQuestion));
  if (how === 'cancel') await rpc(runtime.url, 'tasks/cancel', { id: result['id'] });
  if (how === 'deadline') await signal('run-1', 0);
  if (how === 'signal') giveUp.abort();
  if (how === 'stop') await runtime.stop();
  await vi.waitUntil(() => end, { timeout: 15_000 });
  expect(end).toMatchObject({ code: 'timeout', message: 'The question to workspace peer was given up: the task that asked it was ended' });
  expect(platform.seen.filter(isQuestion)).toHaveLength(1);
});

test('a question outside of any task ends with the runtime', async () => {
  const agent = asking();
  const { platform, runtime } = await open(agent);
  platform.onRequest = (request) => (isQuestion(request) ? SILENT : undefined);
  const answer = expect((await agent.host()).ask('peer', 'one')).rejects.toMatchObject({ code: 'timeout' });
  await platform.until(() => platform.seen.find(isQuestion));
  await runtime.stop();
  await answer;
});

test('a workspace that drains goes on waiting for the answer to what it asked', async () => {
  const agent = asking();
  const { platform, signal, say } = await open(agent);
  let answers = false;
  platform.onRequest = (request) => {
    if (!isQuestion(request)) return undefined;
    return answers ? { status: 200, body: { result: { parts: [{ text: 'yes' }] } } } : refusal(503, 'unavailable');
  };
  await agent.host();
  const said = say('hi', 'm1');
  await platform.until(() => platform.seen.find(isQuestion));
  await signal('run-1', null);
  await platform.beat((beat) => beat.drain?.state === 'draining');
  answers = true;
  expect((await said).result).toMatchObject({ status: { state: 'completed' } });
  await platform.beat((beat) => beat.drain?.state === 'drained');
});

test.each(['draining', 'interrupted', 'overloaded'])(
  'a peer that refuses as %s does not make the own message one that never began',
  async (code) => {
    const agent = asking();
    const { platform, say } = await open(agent);
    platform.onRequest = ({ path }) => {
      if (path === '/registry/discover/peer')
        return code === 'overloaded' ? refusal(503, code) : { status: 200, body: { url: `${platform.url}/agent` } };
      if (path === '/agent') return { status: 503, body: { error: { code: -32020, message: 'not now', data: { code } } } };
      return undefined;
    };
    await agent.host();
    for (const _again of [1, 2]) expect((await say('hi', 'm1')).result).toMatchObject({ status: { state: 'failed' } });
    expect(agent.handled).toEqual(['m1']);
  },
);
