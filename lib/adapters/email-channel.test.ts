import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { afterAll, describe, expect, test } from 'vitest';
import { readAllowedTargets } from '#lib/domain/address-guard.ts';
import { channelSenderContract, news, type ReceiverMood, told } from '#lib/ports/channel-sender.contract.ts';
import type { TargetOf } from '#lib/ports/channel-sender.ts';
import { EmailChannel } from './email-channel.ts';
import { TargetGuard } from './guarded-target.ts';
import { deadUrl, OPEN, SHUT } from './test-http-receiver.ts';

interface Mail {
  raw: string;
  to: string[];
  user: string | null;
  secure: boolean;
}

/** A real mail server on this machine. */
class MailReceiver {
  readonly mails: Mail[] = [];
  mood: ReceiverMood = 'well';
  readonly #server: SMTPServer;

  constructor(options: SMTPServerOptions = {}) {
    this.#server = new SMTPServer({
      authOptional: true,
      disabledCommands: options.key === undefined ? ['STARTTLS'] : [],
      onAuth: (auth, _session, done) => done(auth.password === PASSWORD ? null : new Error('no'), { user: auth.username }),
      onData: (stream, session, done) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          if (this.mood !== 'well') return done(Object.assign(new Error('not now'), { responseCode: this.mood === 'later' ? 451 : 554 }));
          const to = session.envelope.rcptTo.map(({ address }) => address);
          this.mails.push({
            raw: Buffer.concat(chunks).toString(),
            to,
            user: (session.user as string | undefined) ?? null,
            secure: session.secure,
          });
          done();
        });
      },
      ...options,
    });
    // A client that breaks off (the guard, a certificate it does not trust) is no failure of the server.
    this.#server.on('error', () => {});
  }

  async open(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', () => resolve()));
    return this;
  }

  get port(): number {
    return (this.#server.server.address() as AddressInfo).port;
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}

const PASSWORD = ['pass', 'phrase', 'of', 'a', 'test'].join(' ');
const folder = mkdtempSync(join(tmpdir(), 'canvas-mail-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A certificate for `mail.example`, signed by itself. */
function certificate(): { key: string; cert: string } {
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const about = ['-subj', '/CN=mail.example', '-addext', 'subjectAltName=DNS:mail.example', '-days', '2'];
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', key, '-out', cert, ...about],
    {
      stdio: 'ignore',
    },
  );
  return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
}

const target = (port: number, some: Partial<TargetOf<'email'>> = {}): TargetOf<'email'> => ({
  ...{ kind: 'email', to: ['ops@example.com'], from: 'canvas@example.com', host: '127.0.0.1', port, security: 'none' },
  ...{ username: null, password: null },
  ...some,
});

/** Headers of a mail, unfolded. */
function headersOf(raw: string): [name: string, value: string][] {
  const [head = ''] = raw.split('\r\n\r\n', 1);
  return head
    .replace(/\r\n[ \t]+/g, ' ')
    .split('\r\n')
    .map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)]);
}
const header = (raw: string, name: string) => headersOf(raw).find(([found]) => found === name)?.[1] ?? '';
const OURS = new Set([
  'from',
  'to',
  'subject',
  'message-id',
  'in-reply-to',
  'references',
  'date',
  'mime-version',
  'auto-submitted',
  'content-type',
  'content-transfer-encoding',
]);

/** A subject as a mail program shows it (RFC 2047). */
function decoded(subject: string): string {
  return subject.replace(/\?=\s+=\?/g, '?==?').replace(/=\?utf-8\?(q|b)\?([^?]*)\?=/gi, (_whole, kind: string, text: string) =>
    kind.toLowerCase() === 'b'
      ? Buffer.from(text, 'base64').toString()
      : Buffer.from(
          text.replace(/_/g, ' ').replace(/=([0-9A-F]{2})/g, (_hex, code: string) => String.fromCharCode(Number.parseInt(code, 16))),
          'latin1',
        ).toString(),
  );
}

channelSenderContract<'email'>('a mail server', async () => {
  const receiver = await new MailReceiver().open();
  const dead = Number(new URL(deadUrl()).port);
  return {
    ...{ sender: new EmailChannel(OPEN), guarded: new EmailChannel(SHUT), target: target(receiver.port), deadTarget: target(dead) },
    get mood() {
      return receiver.mood;
    },
    set mood(mood) {
      receiver.mood = mood;
    },
    arrived: () => receiver.mails.map(({ raw }) => ({ id: header(raw, 'message-id'), title: decoded(header(raw, 'subject')), raw })),
    acts: (raw) =>
      headersOf(raw).some(([name]) => !OURS.has(name)) ||
      new Set(headersOf(raw).map(([name]) => name)).size !== headersOf(raw).length ||
      !header(raw, 'content-type').startsWith('text/plain') ||
      receiver.mails.some(({ to }) => to.join() !== 'ops@example.com') ||
      receiver.mails.length !== 1 ||
      raw.split('\r\n').some((line) => line.length > 998),
    close: () => receiver.close(),
  };
});

describe('a mail', () => {
  test('of one incident stands in one thread, and quotes what the agent said', async () => {
    const receiver = await new MailReceiver().open();
    const sender = new EmailChannel(OPEN);
    await sender.send(target(receiver.port), news({ incident: told({ detail: 'first\nsecond' }) }));
    await sender.send(target(receiver.port), news({ id: 'other', about: 'closed', incident: told({ closed_at: 1, closed_why: 'fine' }) }));
    const [first, second] = receiver.mails.map(({ raw }) => raw) as [string, string];
    expect(header(first, 'references')).toBe(header(second, 'references'));
    expect(header(first, 'references')).toMatch(/^<incident-[\w-]+@canvas\.invalid>$/);
    expect(header(first, 'auto-submitted')).toBe('auto-generated');
    expect(first).toContain('\r\n> first\r\n> second\r\n');
    await receiver.close();
  });

  test('goes only over an encrypted connection whose certificate is right, unless told otherwise', async () => {
    const { key, cert } = certificate();
    const guard = new TargetGuard(readAllowedTargets('127.0.0.1'), async () => ['127.0.0.1']);
    const plain = await new MailReceiver().open();
    const upgrading = await new MailReceiver({ key, cert }).open();
    const secure = await new MailReceiver({ key, cert, secure: true }).open();
    const named = (port: number, security: 'tls' | 'starttls') =>
      target(port, { host: 'mail.example', security, username: 'canvas', password: PASSWORD });
    const trusting = new EmailChannel(guard, { ca: cert });

    expect(await trusting.send(named(plain.port, 'starttls'), news())).toMatchObject({
      state: 'refused',
      why: expect.stringMatching(/STARTTLS|TLS/i),
    });
    expect(await new EmailChannel(guard).send(named(upgrading.port, 'starttls'), news())).toMatchObject({
      state: 'retry_later',
      why: expect.stringMatching(/self.signed/i),
    });
    expect(await trusting.send({ ...named(upgrading.port, 'starttls'), host: 'other.example' }, news())).toMatchObject({
      why: expect.stringMatching(/altnames/i),
    });
    expect([...plain.mails, ...upgrading.mails]).toEqual([]);

    expect(await trusting.send(named(upgrading.port, 'starttls'), news())).toMatchObject({ state: 'sent' });
    expect(await trusting.send(named(secure.port, 'tls'), news())).toMatchObject({ state: 'sent' });
    for (const mail of [...upgrading.mails, ...secure.mails]) expect(mail).toMatchObject({ secure: true, user: 'canvas' });
    expect(await trusting.send({ ...named(secure.port, 'tls'), password: 'wrong' }, news())).toMatchObject({ state: 'refused' });
    await Promise.all([plain.close(), upgrading.close(), secure.close()]);
  });

  test('to a server that says nothing more is cut off', async () => {
    const sockets: Socket[] = [];
    const silent: Server = createServer((socket) => sockets.push(socket.on('error', () => {})));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    expect(await new EmailChannel(OPEN, { totalMs: 100 }).send(target(port), news())).toMatchObject({
      state: 'retry_later',
      why: expect.stringContaining('within 0.1 s'),
    });
    await expect.poll(() => sockets.every((socket) => socket.destroyed || socket.readableEnded)).toBe(true);
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => silent.close(resolve));
  });
});
