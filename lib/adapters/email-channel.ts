import { connect, type Socket } from 'node:net';
import { createTransport } from 'nodemailer';
import { CanvasError } from '#lib/contract/errors.ts';
import { plainHost } from '#lib/domain/address-guard.ts';
import { type MailText, mailText } from '#lib/domain/channel-email.ts';
import type { ChannelNews } from '#lib/domain/channel-text.ts';
import type { ChannelSender, SendOutcome, TargetOf } from '#lib/ports/channel-sender.ts';
import { lookupOf, type TargetGuard } from './guarded-target.ts';
import { outcomeOfFailure } from './http-channel.ts';

const CONNECT_MS = 10_000;
/** A server that says nothing for so long. */
const SILENCE_MS = 20_000;
const TOTAL_MS = 60_000;

type Mail = TargetOf<'email'>;

export interface EmailOptions {
  /** Certificates to trust besides the system's, PEM. */
  ca?: string;
  totalMs?: number;
}

/**
 * One mail over a connection of its own, that this class opens: to an address that the guard judged, under the name of
 * the host for the certificate, and cut off when it takes too long in all.
 */
export class EmailChannel implements ChannelSender<'email'> {
  readonly #guard: TargetGuard;
  readonly #options: EmailOptions;

  constructor(guard: TargetGuard, options: EmailOptions = {}) {
    this.#guard = guard;
    this.#options = options;
  }

  async send(target: Mail, news: ChannelNews): Promise<SendOutcome> {
    const open: { socket?: Socket } = {};
    const { totalMs = TOTAL_MS } = this.#options;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<SendOutcome>((resolve) => {
      timer = setTimeout(
        () => resolve({ state: 'retry_later', why: `${target.host} did not take it within ${totalMs / 1000} s.` }),
        totalMs,
      );
    });
    const attempt = this.#deliver(target, mailText(news), (socket) => {
      open.socket = socket;
    }).catch((thrown: unknown) => outcomeOf(thrown, target));
    const outcome = await Promise.race([attempt, late]);
    clearTimeout(timer);
    open.socket?.destroy();
    return outcome;
  }

  async #deliver(target: Mail, { subject, text, messageId, thread }: MailText, opened: (socket: Socket) => void): Promise<SendOutcome> {
    const socket = await this.#open(target, opened);
    const transport = createTransport({
      host: plainHost(target.host) ?? target.host,
      port: target.port,
      secure: target.security === 'tls',
      requireTLS: target.security === 'starttls',
      ignoreTLS: target.security === 'none',
      ...(target.username !== null && { auth: { user: target.username, pass: target.password ?? '' } }),
      ...(this.#options.ca !== undefined && { tls: { ca: this.#options.ca } }),
      greetingTimeout: CONNECT_MS,
      socketTimeout: SILENCE_MS,
      // Neither files nor addresses may come into a mail by what is written in it.
      disableFileAccess: true,
      disableUrlAccess: true,
      getSocket: (_options, done) => done(null, { connection: socket }),
    });
    const sent = await transport.sendMail({
      from: target.from,
      to: target.to,
      subject,
      text,
      messageId: `<${messageId}>`,
      ...(thread !== null && { inReplyTo: `<${thread}>`, references: `<${thread}>` }),
      // No automatic answer comes back to it (RFC 3834).
      headers: { 'Auto-Submitted': 'auto-generated' },
    });
    const refused = sent.rejected.length === 0 ? '' : ` Refused for ${sent.rejected.length} of ${target.to.length} addresses.`;
    return { state: 'sent', why: `${target.host} answered: ${sent.response}${refused}` };
  }

  async #open({ host, port }: Mail, opened: (socket: Socket) => void): Promise<Socket> {
    const lookup = lookupOf(await this.#guard.addressesOf(host));
    return new Promise((resolve, reject) => {
      const socket = connect({ host: plainHost(host) ?? host, port, lookup, autoSelectFamily: true });
      opened(socket);
      const timer = setTimeout(() => socket.destroy(timedOut(host, port)), CONNECT_MS);
      socket.once('close', () => clearTimeout(timer));
      socket.once('error', reject);
      socket.once('connect', () => {
        clearTimeout(timer);
        socket.off('error', reject);
        // Whoever takes the socket over hears of its errors; until then they end nothing.
        socket.on('error', () => {});
        resolve(socket);
      });
    });
  }
}

function timedOut(host: string, port: number): CanvasError {
  return new CanvasError('timeout', `${host}:${port} did not accept a connection within ${CONNECT_MS / 1000} s.`);
}

/** What nodemailer throws: `code` says where it failed, `responseCode` is the server's (RFC 5321: 4xx may pass, 5xx will not). */
function outcomeOf(thrown: unknown, { host, port }: Mail): SendOutcome {
  const { code, responseCode, response, message } = thrown as { code?: string; responseCode?: number; response?: string; message: string };
  if (thrown instanceof CanvasError) return outcomeOfFailure(thrown);
  const at = `${host}:${port}`;
  if (code === 'ETLS' && responseCode !== undefined)
    return { state: 'refused', why: `${at} offers no encryption (STARTTLS), and none was not allowed.` };
  if (responseCode !== undefined) {
    const why = `${at} answered: ${response ?? responseCode}`;
    return responseCode >= 500 ? { state: 'refused', why } : { state: 'retry_later', why };
  }
  const why = `${at}: ${message}`;
  // No encryption, no way to sign in, no address: the same again would fail the same.
  return code === 'ETLS' || code === 'EAUTH' || code === 'ENOAUTH' || code === 'EENVELOPE' || code === 'EMESSAGE'
    ? { state: 'refused', why }
    : { state: 'retry_later', why };
}
