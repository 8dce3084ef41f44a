import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Answer, TestServer } from './test-server.ts';

/** Every request that Fastify handles is told here; a beat that the lane answers is not among them. */
const HANDLED = 'tracing:fastify.request.handler:start';

let short: TestServer;
let whole: TestServer;
let handled = 0;
const count = () => {
  handled += 1;
};

beforeEach(async () => {
  // At level debug each beat has a line in the log: then the lane is closed.
  [short, whole] = await Promise.all([new TestServer().open({ logLevel: 'info' }), new TestServer().open({ logLevel: 'debug' })]);
  subscribe(HANDLED, count);
});
afterEach(async () => {
  unsubscribe(HANDLED, count);
  await Promise.all([short.close(), whole.close()]);
});

interface Sent {
  type?: string;
  token?: string | null;
  body: (id: string) => unknown;
}

/** The same request to both; ids, secrets and times are the only things in which two platforms may differ. */
async function both({ type = 'application/json', token, body }: Sent): Promise<[Answer, Answer]> {
  const ask = async (canvas: TestServer) => {
    const workspace = await canvas.workspace('a');
    await canvas.beat(workspace);
    handled = 0;
    const bearer = token === undefined ? workspace.token : token;
    const answer = await canvas.ask('POST /registry/heartbeat', {
      headers: { 'content-type': type, ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }) },
      body: body(workspace.id),
    });
    const same = (text: string) => text.replaceAll(workspace.id, 'ID').replace(/"(request_id|platform_inbound_secret)":"[^"]+"/, '"$1":""');
    const headers = new Headers([...answer.headers].filter(([name]) => name !== 'date'));
    return { ...answer, headers, text: same(answer.text), body: JSON.parse(same(answer.text)) as unknown };
  };
  return [await ask(short), await ask(whole)];
}

const full = (id: string) => ({ workspace_id: id, uptime_seconds: 20, runtime_metadata: {} });

test.each<[string, number, Sent]>([
  ['a full beat', 200, { body: full }],
  ['a partial one', 200, { body: (id) => ({ workspace_id: id, active_tasks: 1, current_task: 'Ünicode ✓' }) }],
  ['unknown fields', 200, { body: (id) => ({ ...full(id), colour: 'red' }) }],
  ['a wedge, which must be in the store first', 200, { body: (id) => ({ ...full(id), runtime_state: 'wedged', sample_error: 'stuck' }) }],
  ['no token', 401, { token: null, body: full }],
  ['an unknown token', 401, { token: 'x'.repeat(43), body: full }],
  ['no id', 400, { body: () => ({ uptime_seconds: 3 }) }],
  ['a wrong field', 400, { body: (id) => ({ ...full(id), error_rate: 'high' }) }],
  ['the id of another', 404, { body: () => full('nobody') }],
  ['half a body', 400, { body: (id) => `{"workspace_id":"${id}",` }],
  ['an empty body', 400, { body: () => '' }],
  ['a key that reaches a prototype', 400, { body: (id) => `{"workspace_id":"${id}","__proto__":{}}` }],
  ['a form', 415, { type: 'text/plain', body: (id) => JSON.stringify(full(id)) }],
  ['a body over the limit', 413, { body: (id) => JSON.stringify(full(id)).padEnd(70_000) }],
])('%s is answered %i, as on the whole way', async (_what, status, sent) => {
  const [lane, way] = await both(sent);
  expect(lane.status).toBe(status);
  expect(lane.text).toBe(way.text);
  expect(Object.fromEntries(lane.headers)).toEqual(Object.fromEntries(way.headers));
});

test('only what it cannot answer at once comes to the router', async () => {
  const workspace = await short.workspace('a');
  await short.beat(workspace);
  expect(handled).toBe(1);
  await short.beat(workspace, { current_task: 'more of the same' });
  expect(handled).toBe(1);
  await short.beat(workspace, { runtime_state: 'wedged', sample_error: 'stuck' });
  expect(handled).toBe(2);
});

test('a beat that goes the whole way is received once', async () => {
  const workspace = await short.workspace('a');
  const { deps } = short.platform;
  await short.beat(workspace);
  const before = deps.feed.newestSeq;
  const { rev } = deps.fleet.get(workspace.id);
  await short.beat(workspace, { runtime_state: 'wedged', sample_error: 'stuck' });
  expect(deps.feed.newestSeq).toBe(before + 1);
  expect(deps.fleet.get(workspace.id).rev).toBe(rev + 1);
});

test('a body in pieces and several beats on one connection', async () => {
  const workspace = await short.workspace('a');
  await short.beat(workspace);
  const body = JSON.stringify({ workspace_id: workspace.id, active_tasks: 7 });
  const request = `POST /registry/heartbeat HTTP/1.1\r\nhost: x\r\nauthorization: bearer ${workspace.token}\r\ncontent-type: application/json; charset=utf-8\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
  const socket = connect(short.port, '127.0.0.1').setNoDelay(true);
  let said = '';
  socket.on('data', (chunk) => {
    said += chunk.toString();
  });
  const cut = request.length - 20;
  socket.write(request.slice(0, cut));
  // The server has read the first piece once it answers somebody who came later.
  await short.ask('GET /healthz');
  socket.end(`${request.slice(cut)}${request}`);
  await once(socket, 'close');
  expect(said.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(2);
  expect(short.platform.deps.fleet.get(workspace.id).facts.active_tasks).toBe(7);
});
