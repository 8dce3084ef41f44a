import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SCRIPT_POLICY } from './security-headers.ts';

const PREFIX = '/_next/static/';
const TYPES: Record<string, string> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};
/** Fonts are compressed already. */
const WORTH_IT = new Set(['.js', '.css', '.json', '.svg']);
/** Well below the highest: a file is compressed when it is first asked for, and somebody waits. */
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 6 } };

type Encoding = 'br' | 'gzip' | 'identity';
const encode: Record<Encoding, (bytes: Buffer) => Promise<Buffer>> = {
  br: (bytes) => promisify(brotliCompress)(bytes, BROTLI),
  gzip: (bytes) => promisify(gzip)(bytes),
  identity: async (bytes) => bytes,
};

/**
 * The scripts, styles and fonts of one build. Their names hold a hash of what is in them, so they are kept for ever, by
 * browsers and here: some 2 MB. Only names that were there at the start are answered, so no address leads out of the folder.
 */
export class StaticFiles {
  readonly #dir: string;
  readonly #names: ReadonlySet<string>;
  readonly #kept = new Map<string, Promise<Buffer>>();

  constructor(dir: string) {
    this.#dir = dir;
    this.#names = new Set(readdirSync(dir, { recursive: true }).map((name) => String(name).split(sep).join('/')));
  }

  /** Null when there is no such file. */
  async answer(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | null> {
    const name = request.url.split('?', 1)[0]?.slice(PREFIX.length) ?? '';
    const type = TYPES[extname(name)];
    if (!request.url.startsWith(PREFIX) || type === undefined || !this.#names.has(name)) return null;
    const encoding = WORTH_IT.has(extname(name)) ? encodingFor(String(request.headers['accept-encoding'] ?? '')) : 'identity';
    const bytes = await this.#bytesOf(name, encoding);
    reply.header('cache-control', 'public, max-age=31536000, immutable').header('vary', 'accept-encoding').type(type);
    if (extname(name) === '.js') reply.header('content-security-policy', SCRIPT_POLICY);
    if (encoding !== 'identity') reply.header('content-encoding', encoding);
    return reply.send(bytes);
  }

  #bytesOf(name: string, encoding: Encoding): Promise<Buffer> {
    const key = `${encoding} ${name}`;
    const kept = this.#kept.get(key);
    if (kept) return kept;
    const made = readFile(join(this.#dir, name)).then(encode[encoding]);
    made.catch(() => this.#kept.delete(key));
    this.#kept.set(key, made);
    return made;
  }
}

function encodingFor(accepted: string): Encoding {
  const names = accepted.split(',').map((part) => part.trim().toLowerCase());
  const takes = (encoding: Encoding) =>
    names.some((name) => name === encoding || (name.startsWith(`${encoding};`) && !/;\s*q=0(?:\.0*)?$/.test(name)));
  return takes('br') ? 'br' : takes('gzip') ? 'gzip' : 'identity';
}
