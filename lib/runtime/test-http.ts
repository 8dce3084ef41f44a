import { randomUUID } from 'node:crypto';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import http from 'node:http';

export interface TestAnswer {
  status: number;
  headers: http.IncomingHttpHeaders;
  text: string;
  json: unknown;
}

/** A plain request, header by header as given: `fetch` would not let a test set Host. */
export function send(
  url: string,
  options: { method?: string; headers?: Record<string, string>; body?: string | Buffer } = {},
): Promise<TestAnswer> {
  return new Promise((resolve, reject) => {
    const request = http.request(url, { method: options.method ?? 'GET', headers: options.headers ?? {}, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json: parsed(text) });
      });
    });
    request.on('error', reject);
    request.end(options.body);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The answer to a JSON-RPC call. */
export async function rpc(
  url: string,
  method: string,
  params: unknown,
  headers: Record<string, string> = {},
): Promise<{
  status: number;
  result: Record<string, unknown>;
  error: { code: number; message: string; data?: { code: string } } | undefined;
}> {
  const answer = await send(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  });
  const body = answer.json as { result?: Record<string, unknown>; error?: { code: number; message: string; data?: { code: string } } };
  return { status: answer.status, result: body.result ?? {}, error: body.error };
}

/** The events of a stream, until it ends. */
export async function stream(url: string, method: string, params: unknown): Promise<Record<string, unknown>[]> {
  const answer = await send(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  });
  if (!String(answer.headers['content-type']).startsWith('text/event-stream'))
    throw new Error(`no stream but ${answer.status}: ${answer.text}`);
  return answer.text
    .split('\n\n')
    .filter((block) => block.startsWith('data: '))
    .map((block) => (JSON.parse(block.slice(6)) as { result: Record<string, unknown> }).result);
}

/** Opens a stream to a server of this process and leaves it when it has `begun`; resolves when the server knows. */
export async function leaveStream(url: string, method: string, params: unknown, begun: () => Promise<unknown>): Promise<void> {
  let response: http.ServerResponse | undefined;
  const mark = { 'x-leaving': randomUUID() };
  const onRequest = (come: unknown) => {
    const { request, response: its } = come as { request: http.IncomingMessage; response: http.ServerResponse };
    if (request.headers['x-leaving'] === mark['x-leaving']) response = its;
  };
  subscribe('http.server.request.start', onRequest);
  const leaving = new AbortController();
  await fetch(url, { method: 'POST', headers: mark, signal: leaving.signal, body: JSON.stringify({ method, params }) });
  await begun();
  unsubscribe('http.server.request.start', onRequest);
  const known = new Promise((resolve) => response?.once('close', resolve));
  leaving.abort();
  await known;
}
