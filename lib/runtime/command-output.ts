import type { CommandPlan } from './command-presets.ts';

/** What a run said, as far as it has been read. */
export interface CommandAnswer {
  text: string | null;
  session: string | null;
  /** A failure that the program told in its output. */
  error: string | null;
}

/** A session name becomes an argument of the next run: what could be taken for a flag is none. */
export const SESSION_NAME = /^[A-Za-z0-9_][A-Za-z0-9_.:-]{0,199}$/;

type Reading = Pick<CommandPlan, 'output' | 'textPath' | 'textWhere' | 'sessionPath' | 'errorPath' | 'errorWhere'>;

/**
 * Reads the output while it comes. In JSON lines, lines that are no JSON are passed over: programs print notices
 * between them. `onText` is called for each answer text that turns out not to be the last.
 */
export class CommandOutput {
  readonly #plan: Reading;
  readonly #onText: (text: string) => void;
  #rest = '';
  #all: string[] = [];
  #answer: CommandAnswer = { text: null, session: null, error: null };

  constructor(plan: Reading, onText: (text: string) => void) {
    this.#plan = plan;
    this.#onText = onText;
  }

  push(chunk: string): void {
    if (this.#plan.output !== 'jsonl') {
      this.#all.push(chunk);
      return;
    }
    const lines = (this.#rest + chunk).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#readLine(line);
  }

  /** The whole answer; call once, after the last chunk. */
  end(): CommandAnswer {
    if (this.#plan.output === 'jsonl') this.#readLine(this.#rest);
    else if (this.#plan.output === 'text') this.#answer.text = this.#all.join('').trim();
    else this.#readValue(lastJson(this.#all.join('')));
    return this.#answer;
  }

  #readLine(line: string): void {
    try {
      this.#readValue(JSON.parse(line));
    } catch {
      return;
    }
  }

  #readValue(value: unknown): void {
    const { textPath, textWhere, sessionPath, errorPath, errorWhere } = this.#plan;
    const session = sessionPath === null ? null : textAt(value, sessionPath);
    if (session !== null && SESSION_NAME.test(session)) this.#answer.session = session;
    if (errorPath !== null && (errorWhere.length > 0 || textAt(value, errorPath) !== null) && holds(value, errorWhere)) {
      this.#answer.error = textAt(value, errorPath) ?? 'it told a failure without a reason';
    }
    const text = textPath === null || !holds(value, textWhere) ? null : textAt(value, textPath);
    if (text === null) return;
    if (this.#answer.text !== null) this.#onText(this.#answer.text);
    this.#answer.text = text;
  }
}

/** The JSON of an output that may begin with notices; of a list, the last item. */
function lastJson(output: string): unknown {
  const starts = [0, ...[...output.matchAll(/^[[{]/gm)].map((match) => match.index)];
  for (const start of starts) {
    try {
      const value: unknown = JSON.parse(output.slice(start));
      return Array.isArray(value) ? value.at(-1) : value;
    } catch {}
  }
  return null;
}

/** What stands at `a.b.c`, as text; null when nothing does. */
function textAt(value: unknown, path: string): string | null {
  let here = value;
  for (const name of path.split('.')) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, name)) return null;
    here = (here as Record<string, unknown>)[name];
  }
  if (here === null || here === undefined) return null;
  return typeof here === 'string' ? here : JSON.stringify(here);
}

function holds(value: unknown, conditions: readonly string[]): boolean {
  return conditions.every((condition) => {
    const equals = condition.indexOf('=');
    return textAt(value, condition.slice(0, equals)) === condition.slice(equals + 1);
  });
}
