import type { DelegationResult } from './delegation-result.ts';

export const testResult = (delegation_id: string, given: Partial<DelegationResult> = {}): DelegationResult => ({
  delegation_id,
  target_id: 'peer',
  target_name: 'Peer',
  status: 'completed',
  summary: 'count',
  response: 'forty-two',
  response_cut: false,
  error: '',
  created_at: 1,
  ended_at: 2,
  trace_id: null,
  span_id: null,
  ...given,
});
