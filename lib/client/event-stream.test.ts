import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { StreamFrame } from '#lib/contract/stream.ts';
import { type EventStream, type LiveMark, openEventStream } from './event-stream.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const clean of cleanups.splice(0)) clean();
});

/** A real server whose n-th request is answered by the n-th function; the last one answers all that follow. */
async function serve(...answers: Answer[]): Promise<{ url: string; requests: IncomingMessage[] }> {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    answers[Math.min(requests.length, answers.length) - 1]?.(request, response);
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  cleanups.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/events`, requests };
}

function listen(url: string, pace = 0.05, poll: () => Promise<void> = () => Promise.resolve()) {
  const frames: StreamFrame[] = [];
  const marks: LiveMark[] = [];
  const heard = { polls: 0, refused: 0 };
  const stream: EventStream = openEventStream({
    url,
    pace,
    position: () => frames.findLast((frame) => frame.id !== null)?.id ?? null,
    onFrame: (frame) => frames.push(frame),
    onMark: (mark) => {
      if (marks.at(-1) !== mark) marks.push(mark);
    },
    poll: () => {
      heard.polls += 1;
      return poll();
    },
    onRefused: (status) => {
      heard.refused = status;
    },
  });
  cleanups.push(() => stream.close());
  return { stream, frames, marks, heard };
}

const HELLO = 'event: hello\ndata: {"epoch":"e","seq":1,"now":5,"build":"x"}\n\n';
const row = (seq: number) => `id: e:${seq}\nevent: ledger\ndata: {"event":{"seq":${seq}},"workspace":null,"now":6}\n\n`;
const open = (response: ServerResponse, text: string) => response.writeHead(200, { 'content-type': 'text/event-stream' }).write(text);
const stay: Answer = (_, response) => open(response, HELLO);

describe('event stream', () => {
  it('reads frames however they are cut, and leaves out what it does not know', async () => {
    const text = `${HELLO}: ping\n\nevent: later_invention\ndata: {}\n\n${row(2)}`;
    const { url } = await serve((_, response) => {
      open(response, text.slice(0, 30));
      setImmediate(() => response.write(text.slice(30, 77)));
      setImmediate(() => setImmediate(() => response.write(text.slice(77))));
    });
    const { frames, marks } = listen(url);
    await vi.waitFor(() => expect(frames.map((frame) => frame.name)).toEqual(['hello', 'ledger']));
    expect(frames[1]?.id).toBe('e:2');
    expect(marks).toEqual(['live']);
  });

  it('comes back from where it was when the connection breaks', async () => {
    const { url, requests } = await serve(
      (_, response) => {
        open(response, HELLO + row(7));
        setImmediate(() => response.destroy());
      },
      (_, response) => open(response, HELLO + row(8)),
    );
    const { frames, marks } = listen(url);
    await vi.waitFor(() => expect(frames.at(-1)?.id).toBe('e:8'));
    expect(requests.map((request) => request.headers['last-event-id'])).toEqual([undefined, 'e:7']);
    expect(marks).toEqual(['live', 'reconnecting', 'live']);
  });

  it('comes back when the server ended the answer in good order', async () => {
    const { url, requests } = await serve((_, response) => response.writeHead(200).end(HELLO), stay);
    const { marks } = listen(url);
    await vi.waitFor(() => expect(marks).toEqual(['live', 'reconnecting', 'live']));
    expect(requests).toHaveLength(2);
  });

  it('takes silence for a dead connection', async () => {
    const { url, requests } = await serve(stay, (_, response) => open(response, HELLO + row(3)));
    const { frames } = listen(url, 0.02);
    await vi.waitFor(() => expect(frames.at(-1)?.id).toBe('e:3'));
    expect(requests).toHaveLength(2);
  });

  it('is kept alive by comments', async () => {
    let pings = 0;
    const { url, requests } = await serve((_, response) => {
      open(response, HELLO);
      const ping = setInterval(() => {
        pings += 1;
        response.write(': ping\n\n');
      }, 100);
      response.on('close', () => clearInterval(ping));
    });
    const { marks } = listen(url, 0.02);
    await vi.waitFor(() => expect(pings).toBeGreaterThan(12), { timeout: 5_000 });
    expect(requests).toHaveLength(1);
    expect(marks).toEqual(['live']);
  });

  it('polls when streaming fails again and again, and stops when it works', async () => {
    const fail: Answer = (_, response) => response.writeHead(503).end();
    const { url } = await serve(fail, fail, fail, fail, fail, fail, stay);
    const { marks, heard } = listen(url);
    await vi.waitFor(() => expect(marks).toEqual(['reconnecting', 'polling', 'live']), { timeout: 5_000 });
    const polls = heard.polls;
    expect(polls).toBeGreaterThan(0);
    const begun = Date.now();
    await vi.waitFor(() => expect(Date.now() - begun).toBeGreaterThan(200));
    expect(heard.polls).toBe(polls);
  });

  it('does not call it polling while polls fail too', async () => {
    const fail: Answer = (_, response) => response.writeHead(503).end();
    const { url } = await serve(fail);
    let answered = false;
    const { marks, heard } = listen(url, 0.02, () => (answered ? Promise.resolve() : Promise.reject(new Error('nobody is there'))));
    await vi.waitFor(() => expect(heard.polls).toBeGreaterThan(2), { timeout: 5_000 });
    expect(marks).toEqual(['reconnecting']);
    answered = true;
    await vi.waitFor(() => expect(marks).toEqual(['reconnecting', 'polling']));
    answered = false;
    await vi.waitFor(() => expect(marks).toEqual(['reconnecting', 'polling', 'reconnecting']));
  });

  it('gives up a request that is never answered sooner than a stream that is silent', async () => {
    const { url, requests } = await serve(() => undefined, stay);
    const { marks } = listen(url, 0.02);
    await vi.waitFor(() => expect(marks).toEqual(['reconnecting', 'live']), { timeout: 600 });
    expect(requests).toHaveLength(2);
  });

  it.each([401, 403])('ends when this person is refused with %i', async (status) => {
    const { url, requests } = await serve((_, response) => response.writeHead(status).end());
    const { heard, stream } = listen(url);
    await vi.waitFor(() => expect(heard.refused).toBe(status));
    stream.wake();
    const begun = Date.now();
    await vi.waitFor(() => expect(Date.now() - begun).toBeGreaterThan(100));
    expect(requests).toHaveLength(1);
  });

  it('asks again at once when the page wakes while it waits', async () => {
    const { url, requests } = await serve((_, response) => response.writeHead(503).end(), stay);
    const { stream, marks } = listen(url, 1_000);
    await vi.waitFor(() => expect(marks).toEqual(['reconnecting']));
    stream.wake();
    await vi.waitFor(() => expect(marks).toEqual(['reconnecting', 'live']));
    expect(requests).toHaveLength(2);
  });

  it('replaces a connection that is stale when the page wakes, and leaves a fresh one alone', async () => {
    const { url, requests } = await serve(stay);
    const { stream, marks } = listen(url, 0.02);
    await vi.waitFor(() => expect(marks).toEqual(['live']));
    stream.wake();
    const begun = Date.now();
    await vi.waitFor(() => expect(Date.now() - begun).toBeGreaterThan(450));
    expect(requests).toHaveLength(1);
    stream.wake();
    await vi.waitFor(() => expect(requests).toHaveLength(2));
    expect(marks).toEqual(['live']);
  });

  it('lets go of the connection when it is closed', async () => {
    let closed = false;
    const { url, requests } = await serve((_, response) => {
      open(response, HELLO);
      response.on('close', () => {
        closed = true;
      });
    });
    const { stream, marks } = listen(url);
    await vi.waitFor(() => expect(marks).toEqual(['live']));
    stream.close();
    await vi.waitFor(() => expect(closed).toBe(true));
    expect(requests).toHaveLength(1);
  });
});
