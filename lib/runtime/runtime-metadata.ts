import { type RuntimeMetadata, runtimeMetadataSchema } from '#lib/contract/heartbeat.ts';

export interface MetadataSource {
  /** What the agent can do, flag by flag. May come from foreign code: anything but true and false is left out. */
  capabilities: () => unknown;
  /** Seconds of silence after which it counts as idle; anything but a positive number is left out. */
  idleTimeoutSeconds: () => unknown;
}

const MAX_FLAGS = 64;
const MAX_FLAG_NAME = 64;

/** Builds the metadata of a beat. A value that is broken, or a source that throws, is left out: it never costs the beat. */
export function runtimeMetadata(source: MetadataSource): RuntimeMetadata {
  const flags = Object.entries(plainObject(attempt(source.capabilities)))
    .filter((entry): entry is [string, boolean] => typeof entry[1] === 'boolean' && entry[0].length <= MAX_FLAG_NAME)
    .slice(0, MAX_FLAGS);
  const idle = attempt(source.idleTimeoutSeconds);
  const metadata = {
    capabilities: Object.fromEntries(flags),
    ...(typeof idle === 'number' && Number.isFinite(idle) && idle > 0 && { idle_timeout_seconds: idle }),
  };
  const checked = runtimeMetadataSchema.safeParse(metadata);
  return checked.success ? checked.data : { capabilities: {} };
}

function attempt(read: () => unknown): unknown {
  try {
    return read();
  } catch {
    return undefined;
  }
}

function plainObject(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}
