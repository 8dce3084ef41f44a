import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';

/** One request as the Python workspace runtime was seen to send it. */
export interface RecordedRequest {
  method: string;
  path: string;
  query?: Record<string, string>;
  headers: Record<string, string>;
  json?: Record<string, unknown>;
  answered: number;
}

export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: unknown;
}

/** Python writes a float as `0.0`, which JSON.parse would turn into `0`: kept as marked text until it is sent. */
const FLOAT = /(?<=:\s*)-?\d+\.\d+(?=[\s,}\]])/g;
const text = readFileSync(join(import.meta.dirname, 'fixtures', 'python-runtime.json'), 'utf8');
const recording = JSON.parse(text.replace(FLOAT, (float) => `"@float ${float}"`)) as { situations: Record<string, RecordedRequest[]> };
// The recording keeps what the agent's tools send one level deeper.
const { tools, ...loop } = recording.situations;

/** By name; those of the agent's tools as `tool <name>`. */
export const situations: Record<string, RecordedRequest[]> = {
  ...loop,
  ...Object.fromEntries(Object.entries(tools ?? {}).map(([name, requests]) => [`tool ${name}`, requests as unknown as RecordedRequest[]])),
};

/** Who stands for the recorded ids and the recorded token at run time. */
export interface Cast {
  url: string;
  token: string;
  self: string;
  peer: string;
  parent: string;
}

/** The body's exact bytes, with the cast in place of the recorded names. */
export function bodyOf(recorded: RecordedRequest, cast: Cast): string | null {
  if (recorded.json === undefined) return null;
  return inPlace(JSON.stringify(recorded.json), cast).replace(/"@float (-?\d+\.\d+)"/g, '$1');
}

/** Sends it with the header names, their order and the spelling of numbers as recorded. */
export async function replay(recorded: RecordedRequest, cast: Cast): Promise<Answer> {
  const body = bodyOf(recorded, cast);
  const query = recorded.query ? `?${new URLSearchParams(inPlace(new URLSearchParams(recorded.query).toString(), cast))}` : '';
  const headers: Record<string, string> = {
    Accept: '*/*',
    'Accept-Encoding': 'gzip, deflate',
    Connection: 'keep-alive',
    'User-Agent': 'python-httpx/0.28.1',
  };
  for (const [name, value] of Object.entries(recorded.headers)) headers[name] = inPlace(value, cast);
  if (body !== null) headers['Content-Length'] = String(Buffer.byteLength(body));
  return new Promise((resolve, reject) => {
    const sent = request(cast.url + inPlace(recorded.path, cast) + query, { method: recorded.method, headers }, (response) => {
      let answer = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        answer += part;
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: answer === '' ? null : JSON.parse(answer) }),
      );
    });
    sent.once('error', reject);
    sent.end(body ?? undefined);
  });
}

function inPlace(recorded: string, cast: Cast): string {
  return recorded
    .replaceAll('11111111-1111-4111-8111-111111111111', cast.self)
    .replaceAll('22222222-2222-4222-8222-222222222222', cast.peer)
    .replaceAll('33333333-3333-4333-8333-333333333333', cast.parent)
    .replace(/tok-[A-Za-z0-9-]+/g, cast.token)
    .replace(/http:\/\/127\.0\.0\.1:\d+/g, cast.url);
}
