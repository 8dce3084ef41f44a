import { type FoundDelegation, traceparentOfDelegation } from './delegation-calls.ts';
import type { DelegationResult } from './delegation-result.ts';
import type { Telling } from './results-state.ts';
import { oneLine } from './results-text.ts';

const PREVIEW_KEPT = 400;
const SUMMARY_KEPT = 200;
const ERROR_KEPT = 400;

export const idAt = ({ delegation_id, created_at }: FoundDelegation): [string, number] => [delegation_id, created_at];
/** Oldest first; ids decide between those of one millisecond, so that every reader sees one order. */
export const inOrderGiven = (a: FoundDelegation, b: FoundDelegation) =>
  a.created_at - b.created_at || (a.delegation_id < b.delegation_id ? -1 : 1);
export const endOf = ({ ended_at, updated_at, created_at }: FoundDelegation) => ended_at ?? updated_at ?? created_at;

export function resultOf(
  row: FoundDelegation,
  detail: { response: string; response_cut: boolean; target_name: string } | null,
): DelegationResult {
  return {
    delegation_id: row.delegation_id,
    target_id: row.target_id,
    target_name: detail?.target_name ?? '',
    status: row.status as DelegationResult['status'],
    summary: row.summary,
    response: detail?.response ?? row.response_preview,
    response_cut: detail?.response_cut ?? row.response_preview !== '',
    error: row.error,
    created_at: row.created_at,
    ended_at: row.ended_at ?? row.updated_at ?? null,
    trace_id: row.trace_id ?? null,
    span_id: row.span_id ?? null,
  };
}

export function tellingOf(result: DelegationResult, row: FoundDelegation): Telling {
  return {
    delegation_id: result.delegation_id,
    status: result.status,
    summary: oneLine(result.summary, SUMMARY_KEPT),
    error: oneLine(result.error, ERROR_KEPT),
    preview: result.response.slice(0, PREVIEW_KEPT),
    traceparent: traceparentOfDelegation(row) ?? null,
  };
}
