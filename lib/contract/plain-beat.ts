import { type Heartbeat, MAX_INTERVAL_SECONDS, MAX_REQUESTS, MAX_UPTIME_SECONDS, MIN_INTERVAL_SECONDS } from './heartbeat.ts';
import { isWellFormed } from './well-formed.ts';

const MAX_TEXT = 2000;
const MAX_ID = 64;
const MAX_TASKS = 10_000;
/** Together far below the byte limit of `runtime_metadata`, also when every character must be escaped. */
const MAX_CAPABILITIES = 16;
const MAX_CAPABILITY = 64;

/**
 * The beat, when `heartbeatSchema` would answer exactly this object: only known fields, nothing to cut, mend, clamp or refuse.
 * Null when the schema must look: it alone decides what is valid and says why something is not. Every beat of every
 * workspace comes through here, and nearly all are plain: this costs a tenth of the schema.
 */
export function plainBeat(body: unknown): Heartbeat | null {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return null;
  const fields = body as Record<string, unknown>;
  for (const name in fields) if (!isPlain(name, fields[name])) return null;
  return fields['workspace_id'] === undefined ? null : (body as Heartbeat);
}

function isPlain(name: string, value: unknown): boolean {
  switch (name) {
    case 'workspace_id':
    case 'boot_id':
      return typeof value === 'string' && value.length > 0 && value.length <= MAX_ID && isWellFormed(value);
    case 'sample_error':
    case 'current_task':
      return typeof value === 'string' && value.length <= MAX_TEXT && isWellFormed(value);
    case 'error_rate':
      return typeof value === 'number' && value >= 0 && value <= 1 && !Object.is(value, -0);
    case 'active_tasks':
      return isCount(value) && value <= MAX_TASKS;
    case 'uptime_seconds':
      return isCount(value) && value <= MAX_UPTIME_SECONDS;
    case 'requests':
      return isCount(value) && value <= MAX_REQUESTS;
    case 'interval_seconds':
      return typeof value === 'number' && value >= MIN_INTERVAL_SECONDS && value <= MAX_INTERVAL_SECONDS;
    case 'runtime_state':
      return value === '' || value === 'wedged' || value === null;
    case 'runtime_metadata':
      return isPlainMetadata(value);
    default:
      return false;
  }
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isPlainMetadata(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const fields = value as Record<string, unknown>;
  for (const name in fields) {
    const field = fields[name];
    if (name === 'capabilities' ? !isPlainCapabilities(field) : name !== 'idle_timeout_seconds' || !isIdleTimeout(field)) return false;
  }
  return true;
}

function isIdleTimeout(value: unknown): boolean {
  return value === null || (typeof value === 'number' && value > 0 && value < Number.POSITIVE_INFINITY);
}

function isPlainCapabilities(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const capabilities = value as Record<string, unknown>;
  let count = 0;
  for (const name in capabilities) {
    count += 1;
    const plain = count <= MAX_CAPABILITIES && name.length <= MAX_CAPABILITY && name !== '__proto__' && isWellFormed(name);
    if (!plain || typeof capabilities[name] !== 'boolean') return false;
  }
  return true;
}
