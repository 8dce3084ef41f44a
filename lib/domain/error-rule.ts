import type { WorkspaceFacts } from './workspace-facts.ts';

/** Share of failed requests at which a workspace counts as failing, and the lower one under which it has recovered. */
export const FAILING_FROM = 0.5;
export const RECOVERED_UNDER = 0.1;
/** Requests that a sample needs to say anything, when the runtime counts them. */
export const MIN_SAMPLE = 5;

export interface ErrorReport {
  error_rate: number;
  /** Requests behind the rate; undefined: the runtime does not count them, and each report stands alone. */
  requests: number | undefined;
  sample_error: string;
}

type ErrorFacts = Pick<WorkspaceFacts, 'failing' | 'small_sample'>;

const EMPTY_SAMPLE: WorkspaceFacts['small_sample'] = Object.freeze({ requests: 0, failed: 0 });

export function noErrors(): ErrorFacts {
  return { failing: null, small_sample: EMPTY_SAMPLE };
}

/**
 * What a report makes of the error state. A report of at least `MIN_SAMPLE` requests is judged alone. Smaller ones add up
 * until they hold `MIN_SAMPLE` together and are judged as one, in both directions: otherwise an agent with one request a
 * minute could fail for ever unseen, or never be called well again. A report of no requests says nothing.
 */
export function judgeErrors(before: ErrorFacts, report: ErrorReport, now: number): ErrorFacts {
  const { requests, error_rate, sample_error } = report;
  if (requests === undefined || requests >= MIN_SAMPLE) {
    return { failing: judge(before.failing, error_rate, requests ?? null, sample_error, now), small_sample: EMPTY_SAMPLE };
  }
  if (requests === 0) return { failing: before.failing, small_sample: before.small_sample };
  const sum = before.small_sample.requests + requests;
  const failed = before.small_sample.failed + error_rate * requests;
  if (sum < MIN_SAMPLE) return { failing: before.failing, small_sample: { requests: sum, failed } };
  return { failing: judge(before.failing, exact(failed / sum), sum, sample_error, now), small_sample: EMPTY_SAMPLE };
}

/** Sums of shares drift in the last digits; a rate of exactly 0.1 must stay one. */
function exact(rate: number): number {
  return Math.round(rate * 1e9) / 1e9;
}

function judge(
  failing: WorkspaceFacts['failing'],
  rate: number,
  requests: number | null,
  sampleError: string,
  now: number,
): WorkspaceFacts['failing'] {
  const limit = failing === null ? FAILING_FROM : RECOVERED_UNDER;
  if (rate < limit) return null;
  return { rate, requests, sample_error: sampleError || (failing?.sample_error ?? ''), since: failing?.since ?? now };
}
