import type { ENDPOINTS } from '#lib/contract/endpoints.ts';
import type { ErrorBody, ErrorCode } from '#lib/contract/errors.ts';

type Table = typeof ENDPOINTS;
/** `"GET /workspaces/:id"` for every endpoint there is: only the type of the table is used, so that no schema reaches the browser. */
type Route = { [N in keyof Table]: `${Table[N]['method']} ${Table[N]['path']}` }[keyof Table];

/** A refusal of the platform, or `unavailable` with status 0 when it could not be reached at all. `message` is for a person. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly code: ErrorCode;
  readonly details: Record<string, unknown>;

  constructor(status: number, code: ErrorCode, message: string, details: Record<string, unknown> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.details = details;
  }
}

interface CallOptions {
  params?: Record<string, string>;
  query?: Record<string, string | number | undefined>;
  body?: unknown;
  signal?: AbortSignal;
}

const TIMEOUT_MS = 20_000;

function addressOf(path: string, options: CallOptions): string {
  const filled = path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(options.params?.[name] ?? ''));
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(options.query ?? {})) if (value !== undefined) query.set(name, String(value));
  const text = query.toString();
  return text === '' ? filled : `${filled}?${text}`;
}

/** Calls one endpoint of the contract. `T` is the answer's shape as the contract describes it. */
export async function callApi<T>(route: Route, options: CallOptions = {}): Promise<T> {
  const space = route.indexOf(' ');
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  const headers: Record<string, string> = { accept: 'application/json' };
  if (options.body !== undefined) headers['content-type'] = 'application/json';
  let response: Response;
  try {
    response = await fetch(addressOf(route.slice(space + 1), options), {
      method: route.slice(0, space),
      headers,
      body: options.body === undefined ? null : JSON.stringify(options.body),
      signal: options.signal ? AbortSignal.any([options.signal, timeout]) : timeout,
    });
  } catch (cause) {
    if (options.signal?.aborted) throw cause;
    throw new ApiError(0, 'unavailable', 'Canvas did not answer. It may be restarting, or this computer is offline. Try again.');
  }
  if (response.status === 204) return undefined as T;
  const body: unknown = await response.json().catch(() => null);
  if (response.ok) return body as T;
  throw refusalOf(response.status, body);
}

/** What the platform said no with. */
export function refusalOf(status: number, body: unknown): ApiError {
  const refusal = (body ?? {}) as Partial<ErrorBody>;
  return new ApiError(
    status,
    refusal.code ?? 'internal',
    refusal.error ?? `Canvas answered ${status} without saying why.`,
    refusal.details,
  );
}
