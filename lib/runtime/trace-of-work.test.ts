import { expect, test, vi } from 'vitest';
import { placeOf, type TracePlace, traceparentOf } from '#lib/contract/traces.ts';
import type { AgentHost } from './agent.ts';
import type { SeenRequest, TestPlatform } from './test-platform.ts';
import { testRuntimes } from './test-runtime.ts';

const open = testRuntimes();
const PLACE = { trace_id: '0af7651916cd43dd8448eb211c80319c', span_id: 'b7ad6b7169203331' };
const isQuestion = ({ path }: SeenRequest) => path === '/workspaces/peer/a2a';

const answering = (platform: TestPlatform) => {
  platform.onRequest = (request) => (isQuestion(request) ? { status: 200, body: { result: { parts: [{ text: 'yes' }] } } } : undefined);
};
/** The places that the questions named, in their order. */
const named = (platform: TestPlatform) =>
  platform.seen
    .filter(isQuestion)
    .map(({ body }) =>
      placeOf((body as { params: { message: { metadata?: { traceparent?: string } } } }).params.message.metadata?.traceparent),
    );

async function opened() {
  let host: AgentHost | undefined;
  const handed: TracePlace[] = [];
  const test = await open({
    start: (given) => {
      host = given;
    },
    handle: async ({ trace, text }) => {
      handed.push(trace);
      await host?.work('a part of it', async () => await host?.ask('peer', text));
      return { text: 'done' };
    },
  });
  answering(test.platform);
  return { ...test, handed, host: await vi.waitUntil(() => host) };
}

test('what an agent asks while it works on a message goes on with the trace of that message', async () => {
  const { platform, say, handed } = await opened();
  await say('one', 'm1', { traceparent: traceparentOf(PLACE) });
  expect(handed).toEqual([PLACE]);
  expect(named(platform)).toEqual([PLACE]);
});

test.each([undefined, 'nonsense', `00-${'0'.repeat(32)}-b7ad6b7169203331-01`])(
  'a message that names %s begins a trace',
  async (traceparent) => {
    const { platform, say, handed } = await opened();
    await say('one', 'm1', { traceparent });
    await say('two', 'm2', { traceparent });
    expect(named(platform)).toEqual(handed);
    expect(new Set(handed.map(({ trace_id }) => trace_id)).size).toBe(2);
  },
);

test('work that the agent gives itself begins a trace; a question outside of any work names none', async () => {
  const { platform, host } = await opened();
  await host.work('a round', async () => {
    await host.ask('peer', 'one');
    await host.ask('peer', 'two');
  });
  await host.work('another', () => host.ask('peer', 'three'));
  await host.ask('peer', 'four');
  const [one, two, three, four] = named(platform);
  expect(one).toMatchObject({ trace_id: expect.any(String), span_id: expect.any(String) });
  expect(two).toEqual(one);
  expect(three?.trace_id).not.toBe(one?.trace_id);
  expect(four).toBeNull();
});
