import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import type { CanvasError } from '#lib/contract/errors.ts';
import { readAllowedTargets } from '#lib/domain/address-guard.ts';
import { guardedPost, type Patience } from './guarded-http.ts';
import { type Resolve, TargetGuard } from './guarded-target.ts';

const servers: Server[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function listen(answer: RequestListener): Promise<number> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

const guard = (allowed: string, resolve?: Resolve) => new TargetGuard(readAllowedTargets(allowed), resolve);
const post = (by: TargetGuard, url: string, patience?: Partial<Patience>) =>
  guardedPost(by, { url: new URL(url), headers: { 'x-some': 'thing' }, body: '{"ü":1}' }, patience);
const refusal = (answer: Promise<unknown>): Promise<{ code: string; message: string }> =>
  answer.then(
    () => {
      throw new Error('it was sent');
    },
    ({ code, message }: CanvasError) => ({ code, message }),
  );

describe('a guarded POST', () => {
  test('goes to what the setting allows, and brings the answer back', async () => {
    const port = await listen((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += String(chunk);
      });
      request.on('end', () =>
        response.writeHead(202).end(`${request.method} ${request.url} ${request.headers['x-some']} ${request.headers.host} ${body}`),
      );
    });
    expect(await post(guard('127.0.0.1'), `http://127.0.0.1:${port}/a?b=1`)).toMatchObject({
      status: 202,
      text: `POST /a?b=1 thing 127.0.0.1:${port} {"ü":1}`,
    });
  });

  test.each([
    '127.0.0.1',
    '127.1',
    '2130706433',
    '0x7f.0.0.1',
    '0177.1',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '0',
    'localhost',
    'localhost.',
  ])('%s is refused before anything is connected', async (host) => {
    let reached = 0;
    const port = await listen((_request, response) => {
      reached += 1;
      response.end();
    });
    const { code, message } = await refusal(post(guard(''), `http://${host}:${port}/`));
    expect({ code, reached }).toEqual({ code: 'forbidden', reached: 0 });
    expect(message).toContain('CANVAS_ALLOWED_TARGETS');
  });

  test('a name that stands for another address a moment later is asked for once, and what was judged is connected to', async () => {
    const asked: string[] = [];
    const port = await listen((_request, response) => response.end('inside'));
    const rebinding: Resolve = async (host) => {
      asked.push(host);
      return asked.length === 1 ? ['203.0.113.200'] : ['127.0.0.1'];
    };
    // The first answer may be connected to, the second may not; the documentation block leads nowhere.
    const by = guard('203.0.113.0/24', rebinding);
    const { code } = await refusal(post(by, `http://rebind.example:${port}/`, { connectMs: 200 }));
    expect(['timeout', 'upstream_unreachable']).toContain(code);
    expect(asked).toEqual(['rebind.example']);
    expect(await refusal(post(by, `http://rebind.example:${port}/`))).toMatchObject({ code: 'forbidden' });
  });

  test('of several addresses only those that may be are connected to', async () => {
    const port = await listen((_request, response) => response.end('the allowed one'));
    const both: Resolve = async () => ['10.0.0.1', '127.0.0.1'];
    expect(await post(guard('127.0.0.0/8', both), `http://both.example:${port}/`)).toMatchObject({ text: 'the allowed one' });
    const { message } = await refusal(post(guard('', both), `http://both.example:${port}/`));
    expect(message).toContain('both.example (10.0.0.1): it is a private address');
  });

  test('a redirect is not followed, and the refusal says where it leads', async () => {
    const asked: string[] = [];
    const port = await listen((request, response) => {
      asked.push(String(request.url));
      response.writeHead(307, { location: 'http://169.254.169.254/latest/meta-data' }).end();
    });
    const { code, message } = await refusal(post(guard('127.0.0.1'), `http://127.0.0.1:${port}/`));
    expect(code).toBe('upstream_failed');
    expect(message).toContain('points to http://169.254.169.254/…. Canvas does not follow');
    expect(message).not.toContain('meta-data');
    expect(asked).toEqual(['/']);
  });

  test('a name that is not found, a port where nobody listens, a scheme that is none', async () => {
    const missing: Resolve = () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' }));
    expect(await refusal(post(guard('', missing), 'http://nowhere.example/'))).toEqual({
      code: 'upstream_unreachable',
      message: 'nowhere.example was not found (ENOTFOUND). Check the name.',
    });
    const port = await listen(() => {});
    await new Promise((resolve) => servers.pop()?.close(resolve));
    expect(await refusal(post(guard('127.0.0.1'), `http://127.0.0.1:${port}/`))).toEqual({
      code: 'upstream_unreachable',
      message: `127.0.0.1:${port} was not reached: ECONNREFUSED.`,
    });
    expect(await refusal(post(guard('127.0.0.1'), 'file:///etc/passwd'))).toMatchObject({ code: 'bad_request' });
  });

  test('an answer that does not come, or a name that is never resolved: timeout', async () => {
    const port = await listen(() => {});
    expect(await refusal(post(guard('127.0.0.1'), `http://127.0.0.1:${port}/`, { totalMs: 50 }))).toMatchObject({ code: 'timeout' });
    const never: Resolve = () => new Promise(() => {});
    expect(await refusal(post(guard('', never), 'http://slow.example/', { connectMs: 50 }))).toMatchObject({ code: 'timeout' });
  });

  test('of an endless answer the beginning is read', async () => {
    const port = await listen((_request, response) => {
      const more = () => {
        while (response.write('x'.repeat(16_384)));
        response.once('drain', more);
      };
      more();
    });
    expect((await post(guard('127.0.0.1'), `http://127.0.0.1:${port}/`)).text).toHaveLength(65_536);
  });
});

test('checking a host passes what is not found now, and refuses what may not be', async () => {
  const missing: Resolve = () => Promise.reject(Object.assign(new Error('no'), { code: 'EAI_AGAIN' }));
  await guard('', missing).check('later.example');
  await expect(guard('', missing).check('later.example', true)).rejects.toMatchObject({ code: 'forbidden' });
  await expect(guard('', async () => ['10.0.0.1']).check('inside.example')).rejects.toMatchObject({ code: 'forbidden' });
  await expect(guard('', missing).check('no host')).rejects.toMatchObject({ code: 'bad_request' });
});
