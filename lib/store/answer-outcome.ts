import { agentResultOf } from '#lib/domain/delegation-result.ts';
import { beginningOf } from '#lib/domain/whole-text.ts';

/** An answer longer than this is not read to show what became of its message: that is kept beside it. */
export const WHOLE_ANSWER = 4096;
const MAX_TEXT = 2000;

/** What an agent's answer says: its result, or why there is none; the beginning of its words. */
export interface AnswerOutcome {
  ok: boolean;
  text: string;
}

/** JSON of the outcome of an answer that is too long to be read for it, as it is kept; null: of a short one, or of none. */
export function keptOutcome(answer: string | undefined): string | null {
  const outcome = answer === undefined || answer.length <= WHOLE_ANSWER ? null : outcomeOf(answer);
  return outcome && JSON.stringify(outcome);
}

/** Null: it is no JSON, as the beginning of a longer one is not. */
export function outcomeOf(answer: string): AnswerOutcome | null {
  try {
    const { ok, text } = agentResultOf(JSON.parse(answer) as Record<string, unknown>);
    return { ok, text: beginningOf(text, MAX_TEXT) };
  } catch {
    return null;
  }
}
