import { isSecretValue, typeOfName } from './named-secret.ts';
import { markerOf, type Redactions, scrubText } from './scrub-text.ts';
import { nameIsSecret } from './secret-heads.ts';

/** What was scrubbed, how many secrets of each type were taken out, and how many pieces of sandbox output were dropped. */
export interface Scrubbed {
  value: unknown;
  redactions: Redactions;
  droppedSandbox: number;
}

const SANDBOX =
  /\[sandbox_output\]|source\\{0,16}["']?\s{0,4}[=:]\s{0,4}\\{0,16}["']?sandbox|tool\\{0,16}["']?\s{0,4}[=:]\s{0,4}\\{0,16}["']?run_code/i;
const MAX_DEPTH = 200;
const KEY_BODY = /^(?:[^\s:]{1,40}:\s+|[>|\s]+)?[A-Za-z0-9+/=]*\s*$/;
const KEY_HEADER = /^(?:[^\s:]{1,40}:\s+)?\s*(?:Proc-Type|DEK-Info|Version|Comment|Hash):/;
const KEY_END = /^[\s\S]{0,200}?-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/;
const KEY_OPEN = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/;

/**
 * Takes secrets out of any JSON-like value: of its strings, of the keys and values of its objects, of lists, and of
 * JSON that stands in strings. In place of each stands `[REDACTED:TYPE]`. Items of a list that hold sandbox output are
 * dropped whole; a text elsewhere that holds some becomes `[REDACTED:SANDBOX]`, an entry with such a key is dropped.
 * Numbers, booleans and null pass. Scrubbing twice changes nothing more.
 */
export function scrub(value: unknown): Scrubbed {
  const walk = new Walk();
  return { value: walk.value(value, 0), redactions: walk.redactions, droppedSandbox: walk.droppedSandbox };
}

class Walk {
  readonly redactions: Redactions = {};
  droppedSandbox = 0;
  /** A private key has begun in a text before this one and has not ended: lists hold them line by line. */
  #insideKey = false;
  /** The item that is walked holds no sandbox output. */
  #cleared = false;

  value(value: unknown, depth: number, inList = false): unknown {
    if (typeof value === 'string') return this.#string(value, depth, inList);
    if (typeof value !== 'object' || value === null) return value;
    if (depth >= MAX_DEPTH) return this.#marked('TOO_DEEP');
    if (Array.isArray(value)) return this.#list(value, depth);
    if (depth > 0 && !this.#cleared && saysSandbox(value)) {
      this.droppedSandbox += 1;
      return markerOf('SANDBOX');
    }
    return this.#object(value as Record<string, unknown>, depth);
  }

  #list(list: readonly unknown[], depth: number): unknown[] {
    const kept: unknown[] = [];
    for (const item of list) {
      const looked = this.#cleared;
      if (!looked && !Array.isArray(item)) {
        if (holdsSandbox(item, depth)) {
          this.droppedSandbox += 1;
          continue;
        }
        // What lies inside has been looked at too: asking again at every level would square the time.
        this.#cleared = true;
      }
      kept.push(this.value(item, depth + 1, true));
      this.#cleared = looked;
    }
    this.#insideKey = false;
    return kept;
  }

  #object(object: Record<string, unknown>, depth: number): Record<string, unknown> {
    const entries = new Map<string, unknown>();
    const named = typeof object['name'] === 'string' ? object['name'] : object['key'];
    for (const [key, inner] of Object.entries(object)) {
      if (SANDBOX.test(key)) {
        this.droppedSandbox += 1;
        continue;
      }
      const name = key === 'value' && typeof named === 'string' ? named : key;
      const secret = typeof inner === 'string' ? this.#named(name, inner) : null;
      let free = scrubText(key, this.redactions);
      // Two different secrets as keys become the same marker: neither entry may be lost.
      for (let number = 2; entries.has(free); number += 1) free = `${scrubText(key, {})} (${number})`;
      entries.set(free, secret ?? this.value(inner, depth + 1));
    }
    return Object.fromEntries(entries);
  }

  /** The marker for a text whose key says that it is a secret; null when it is none. */
  #named(name: string, text: string): string | null {
    if (!nameIsSecret(name) || SANDBOX.test(text)) return null;
    if (/authorization$/i.test(name)) {
      const header = 'authorization: ';
      const line = scrubText(header + text, this.redactions);
      return line === header + text ? null : line.slice(header.length);
    }
    if (!isSecretValue({ name, value: text, style: 'quoted', separator: ':' })) return null;
    const counts: Redactions = {};
    const alone = /^\[REDACTED:([A-Z0-9_]+)\]$/.exec(scrubText(text, counts))?.[1];
    return this.#marked(alone ?? typeOfName(name));
  }

  #string(text: string, depth: number, inList: boolean): string {
    if (!this.#cleared && SANDBOX.test(text)) {
      this.droppedSandbox += 1;
      return markerOf('SANDBOX');
    }
    const before = this.#insideKey ? this.#rest(text, inList) : '';
    const after = text.slice(before === null ? text.length : before.length);
    if (before === null || before !== '') return this.#marked('PRIVATE_KEY') + (after === '' ? '' : this.#plain(after, depth));
    return this.#plain(text, depth);
  }

  #plain(text: string, depth: number): string {
    const rewritten = this.#json(text, depth);
    const scrubbed = scrubText(rewritten, this.redactions);
    if (scrubbed !== rewritten && scrubbed.endsWith(markerOf('PRIVATE_KEY'))) this.#insideKey = opensKey(text);
    return scrubbed;
  }

  /** The part of a text that still belongs to the key begun before: null for all of it, empty for nothing. */
  #rest(text: string, inList: boolean): string | null {
    const end = KEY_END.exec(text)?.[0];
    if (end !== undefined) {
      this.#insideKey = false;
      return end;
    }
    const short = !inList && text.trim().length < 16;
    if (!short && (KEY_BODY.test(text) || KEY_HEADER.test(text))) return null;
    if (!short && text !== markerOf('PRIVATE_KEY')) this.#insideKey = false;
    return '';
  }

  /** JSON in a text is scrubbed as what it stands for, and written anew when there was something in it. */
  #json(text: string, depth: number): string {
    const first = text.trimStart()[0];
    if ((first !== '{' && first !== '[') || !/[\]}]\s*$/.test(text.slice(-64))) return text;
    let parsed: unknown;
    try {
      parsed = JSON.parse(text);
    } catch {
      return text;
    }
    const inner = new Walk();
    const value = inner.value(parsed, depth + 1);
    if (Object.keys(inner.redactions).length === 0 && inner.droppedSandbox === 0) return text;
    const written = JSON.stringify(value);
    if (written === text) return text;
    for (const [type, count] of Object.entries(inner.redactions)) this.redactions[type] = (this.redactions[type] ?? 0) + count;
    this.droppedSandbox += inner.droppedSandbox;
    return written;
  }

  #marked(type: string): string {
    this.redactions[type] = (this.redactions[type] ?? 0) + 1;
    return markerOf(type);
  }
}

function opensKey(text: string): boolean {
  return KEY_OPEN.test(text) && !/-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----[^-]*$/.test(text);
}

function holdsSandbox(value: unknown, depth: number): boolean {
  if (typeof value === 'string') return SANDBOX.test(value);
  if (typeof value !== 'object' || value === null || depth >= MAX_DEPTH) return false;
  if (Array.isArray(value)) return value.some((item) => holdsSandbox(item, depth + 1));
  return saysSandbox(value) || Object.entries(value).some(([key, inner]) => SANDBOX.test(key) || holdsSandbox(inner, depth + 1));
}

/** `{"source": "sandbox"}`, `{"tool": "run_code"}`. */
function saysSandbox(object: object): boolean {
  return Object.entries(object).some(
    ([key, inner]) => typeof inner === 'string' && SANDBOX.test(`${key.slice(-64)}=${inner.slice(0, 64)}`),
  );
}
