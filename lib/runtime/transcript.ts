import { cutText } from '#lib/contract/heartbeat.ts';
import { MAX_TRANSCRIPT_LINES } from '#lib/contract/snapshot.ts';
import { scrub } from '#lib/domain/scrub.ts';

const MAX_LINE = 4000;
const MAX_HEARD = 1000;

/** What was said, as the last 200 lines: "user: …" and "agent: …", further lines of one text as they are. */
export class Transcript {
  #lines: string[] = [];
  #heard = new Set<string>();

  get lines(): readonly string[] {
    return this.#lines;
  }

  add(who: 'user' | 'agent', text: string): void {
    this.#lines = [...this.#lines, ...linesOf(who, text)].slice(-MAX_TRANSCRIPT_LINES);
  }

  /** What a message says, once: not when it comes again and its lines stand here already. `redelivered`: its sender says that it does. */
  hear(messageId: string, text: string, redelivered: boolean): void {
    const known = this.#heard.has(messageId) || (redelivered && this.#says(text));
    this.#heard.add(messageId);
    for (const oldest of this.#heard) if (this.#heard.size > MAX_HEARD) this.#heard.delete(oldest);
    if (!known) this.add('user', text);
  }

  /** `heard`: messages whose lines are among these. */
  restore(lines: readonly string[], heard: readonly string[]): void {
    this.#lines = lines.slice(-MAX_TRANSCRIPT_LINES);
    this.#heard = new Set(heard);
  }

  /** Restored lines are without their secrets, so both forms of a text are looked for. */
  #says(text: string): boolean {
    const all = `\n${this.#lines.join('\n')}\n`;
    const forms = linesOf('user', text).join('\n');
    return [forms, String(scrub(forms).value)].some((form) => all.includes(`\n${form}\n`));
  }
}

function linesOf(who: 'user' | 'agent', text: string): string[] {
  const said = `${who}: ${text}`.split(/\r?\n/).slice(-MAX_TRANSCRIPT_LINES);
  return said.map((line) => cutText(line, MAX_LINE));
}
