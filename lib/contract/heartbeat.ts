import { z } from 'zod';
import { wellFormed, wellFormedJson } from './well-formed.ts';

/** Seconds between beats when a runtime does not promise a cadence (the reference runtime's own). */
export const DEFAULT_INTERVAL_SECONDS = 30;
export const MIN_INTERVAL_SECONDS = 5;
export const MAX_INTERVAL_SECONDS = 300;
/** 100 years: more than any process ran. */
export const MAX_UPTIME_SECONDS = 100 * 365 * 86_400;
export const MAX_REQUESTS = 1_000_000_000;
const MAX_TEXT = 2000;
const MAX_METADATA_BYTES = 8 * 1024;
export const MAX_DRAIN_BYTES = 16 * 1024;
export const MAX_DRAIN_TASKS = 500;

/** Cuts at a character, never inside a surrogate pair, and ends in … when something was cut. `limit` in UTF-16 units. */
export function cutText(text: string, limit: number): string {
  if (text.length <= limit) return text;
  let end = limit - 1;
  const last = text.charCodeAt(end - 1);
  if (last >= 0xd800 && last <= 0xdbff) end -= 1;
  return `${text.slice(0, end)}…`;
}

const clampedText = z.string().transform((text) => cutText(wellFormed(text), MAX_TEXT));
const count = z.number().int().min(0);
const withinBytes = (limit: number) => (value: unknown) => JSON.stringify(value).length <= limit;

export const runtimeMetadataSchema = z
  .object({
    capabilities: z.record(z.string(), z.boolean()).optional(),
    /** Seconds of silence after which the agent counts as idle; null or absent: the platform's own. */
    idle_timeout_seconds: z.number().positive().nullish(),
  })
  .loose()
  .refine(withinBytes(MAX_METADATA_BYTES), `runtime_metadata is larger than ${MAX_METADATA_BYTES} bytes`)
  .overwrite(wellFormedJson);
export type RuntimeMetadata = z.infer<typeof runtimeMetadataSchema>;

export const inFlightTaskSchema = z.object({
  id: z.string().max(256),
  summary: z.string().max(MAX_TEXT).optional(),
  /** Epoch milliseconds. */
  started_at: z.number().optional(),
});
export type InFlightTask = z.infer<typeof inFlightTaskSchema>;

export const drainBlockSchema = z
  .object({
    run_id: z.string().max(64),
    state: z.enum(['draining', 'drained']),
    in_flight: z.array(inFlightTaskSchema).max(MAX_DRAIN_TASKS).default([]),
  })
  .refine(withinBytes(MAX_DRAIN_BYTES), `drain is larger than ${MAX_DRAIN_BYTES} bytes`)
  .overwrite(wellFormedJson);
export type DrainBlock = z.infer<typeof drainBlockSchema>;

/**
 * POST /registry/heartbeat. A beat *merges*: an absent field means "unchanged", except `runtime_state` in a full beat,
 * where absent means "not wedged" (the reference runtime sends it only while wedged). Unknown fields are ignored.
 */
export const heartbeatSchema = z.object({
  workspace_id: z.string().min(1).max(64).overwrite(wellFormed),
  /** Share of failed requests since the last accepted beat, 0…1; values outside are clamped. */
  error_rate: z
    .number()
    .transform((rate) => Math.min(1, Math.max(0, rate)))
    .optional(),
  /** The last error, or the reason of a wedge: the text of the banner. */
  sample_error: clampedText.optional(),
  active_tasks: count.transform((n) => Math.min(n, 10_000)).optional(),
  current_task: clampedText.optional(),
  /** Seconds since this runtime process started; more than MAX_UPTIME_SECONDS counts as that. */
  uptime_seconds: z
    .number()
    .min(0)
    .transform((seconds) => Math.min(Math.floor(seconds), MAX_UPTIME_SECONDS))
    .optional(),
  runtime_state: z.enum(['', 'wedged']).nullish(),
  runtime_metadata: runtimeMetadataSchema.optional(),
  /** One per runtime process: a change proves a restart. */
  boot_id: z.string().min(1).max(64).overwrite(wellFormed).optional(),
  /** The cadence promised: what "late" is judged against. */
  interval_seconds: z.number().min(MIN_INTERVAL_SECONDS).max(MAX_INTERVAL_SECONDS).optional(),
  /** Sample size behind `error_rate`; more than MAX_REQUESTS counts as that. */
  requests: count.transform((n) => Math.min(n, MAX_REQUESTS)).optional(),
  drain: drainBlockSchema.optional(),
});
export type Heartbeat = z.infer<typeof heartbeatSchema>;

export interface HeartbeatAnswer {
  status: 'ok';
  platform_inbound_secret: string;
}

/** A *full* beat speaks for the whole runtime; a partial one only for a task that started or ended. */
export function isFullBeat(beat: Heartbeat): boolean {
  return beat.runtime_metadata !== undefined || (beat.uptime_seconds ?? 0) > 0;
}
