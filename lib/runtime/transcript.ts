import { cutText } from '#lib/contract/heartbeat.ts';
import { MAX_TRANSCRIPT_LINES } from '#lib/contract/snapshot.ts';

const MAX_LINE = 4000;

/** What was said, as the last 200 lines: "user: …" and "agent: …", further lines of one text as they are. */
export class Transcript {
  #lines: string[] = [];

  get lines(): readonly string[] {
    return this.#lines;
  }

  add(who: 'user' | 'agent', text: string): void {
    const said = `${who}: ${text}`.split(/\r?\n/).slice(-MAX_TRANSCRIPT_LINES);
    this.#lines = [...this.#lines, ...said.map((line) => cutText(line, MAX_LINE))].slice(-MAX_TRANSCRIPT_LINES);
  }

  restore(lines: readonly string[]): void {
    this.#lines = lines.slice(-MAX_TRANSCRIPT_LINES);
  }
}
