import { errorCodeOf } from '#lib/contract/errors.ts';
import { type InFlightTask, inFlightTaskSchema } from '#lib/contract/heartbeat.ts';
import type { RestartRun, SignalOutcome } from '#lib/contract/restarts.ts';
import { scrub } from '#lib/domain/scrub.ts';
import { type AgentAnswer, callAgent } from './call-agent.ts';
import type { Deps } from './deps.ts';

/** The signal must be acknowledged within this long; what it asks for may take longer (contract §5). */
const SIGNAL_TIMEOUT_MS = 10_000;

export interface SignalLimits {
  /** 10 s unless given. */
  timeoutMs?: number;
  /** Gives the call up. */
  signal?: AbortSignal;
}

export interface SignalResult {
  signal: NonNullable<RestartRun['signal']>;
  in_flight: InFlightTask[];
}

/** Tells a workspace to finish its work within `drainSeconds` (null: without a limit) and take nothing new. Never rejects. */
export function sendDrainSignal(
  deps: Deps,
  run: { id: string; workspace_id: string },
  drainSeconds: number | null,
  limits: SignalLimits = {},
): Promise<SignalResult> {
  return ask(deps, run, 'restart_pending', { drain_seconds: drainSeconds }, limits);
}

/** Takes the drain back: it may take messages again. Never rejects. */
export function sendReopenSignal(deps: Deps, run: { id: string; workspace_id: string }, limits: SignalLimits = {}): Promise<SignalResult> {
  return ask(deps, run, 'restart_cancelled', {}, limits);
}

async function ask(
  deps: Deps,
  run: { id: string; workspace_id: string },
  name: 'restart_pending' | 'restart_cancelled',
  params: Record<string, unknown>,
  { timeoutMs = SIGNAL_TIMEOUT_MS, signal }: SignalLimits,
): Promise<SignalResult> {
  const started = performance.now();
  const result = (outcome: SignalOutcome, detail: string, in_flight: InFlightTask[] = []): SignalResult => ({
    signal: { outcome, detail, ms: Math.round(performance.now() - started) },
    in_flight,
  });
  try {
    const answer = await callAgent(deps, run.workspace_id, {
      method: 'POST',
      path: `/signals/${name}`,
      headers: { 'x-restart-signal': 'true' },
      body: {
        jsonrpc: '2.0',
        id: run.id,
        method: `signals/${name}`,
        params: { workspace_id: run.workspace_id, run_id: run.id, ...params },
      },
      timeoutMs,
      ...(signal ? { signal } : {}),
    });
    return judge(answer, result);
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    const code = errorCodeOf(thrown);
    if (code === 'timeout') return result('timed_out', `No answer within ${timeoutMs / 1000} s`);
    return result(deps.fleet.find(run.workspace_id)?.row.url ? 'unreachable' : 'no_address', why);
  }
}

type MakeResult = (outcome: SignalOutcome, detail: string, in_flight?: InFlightTask[]) => SignalResult;

function judge({ status, body }: AgentAnswer, result: MakeResult): SignalResult {
  if (status === 404 || status === 405 || status === 501) return result('not_supported', `It answered ${status}`);
  const { result: said, error } = (typeof body === 'object' && body !== null ? body : {}) as {
    result?: unknown;
    error?: { message?: unknown } | null;
  };
  const told = typeof error?.message === 'string' ? error.message : '';
  const why = told === '' ? '' : `: ${String(scrub(told).value).slice(0, 300)}`;
  if (status === 401 || status === 403) return result('refused', `It answered ${status}${why}`);
  if (/not found/i.test(told)) return result('not_supported', `It answered ${status}${why}`);
  if (status >= 300) return result('bad_answer', `It answered ${status}${why}`);
  const { acknowledged, reopened, in_flight } = (typeof said === 'object' && said !== null ? said : {}) as Record<string, unknown>;
  if (acknowledged !== true && reopened === undefined) return result('bad_answer', `It answered ${status} without acknowledging${why}`);
  const tasks = Array.isArray(in_flight) ? in_flight.slice(0, 500) : [];
  return result(
    'acknowledged',
    '',
    tasks.flatMap((task) => inFlightTaskSchema.safeParse(task).data ?? []),
  );
}
