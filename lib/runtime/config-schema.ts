import { z } from 'zod';
import { DEFAULT_INTERVAL_SECONDS, MAX_INTERVAL_SECONDS, MIN_INTERVAL_SECONDS } from '#lib/contract/heartbeat.ts';
import { deliveryModeSchema, workspaceIdSchema } from '#lib/contract/workspaces.ts';
import { readAllowedTargets } from '#lib/domain/address-guard.ts';

const httpUrl = z.url({ protocol: /^https?$/, error: 'must be an http or https address, such as http://127.0.0.1:8080' });
const condition = z.string().regex(/^[^=]+=.*$/, 'must look like path=value');
const argv = z.array(z.string()).min(1, 'must name a program');

export const COMMAND_PRESETS = ['claude', 'codex', 'gemini', 'opencode'] as const;
export const SAMPLE_ROLES = ['lead', 'indexer', 'searcher', 'statistician', 'link-checker', 'writer'] as const;
export type SampleRole = (typeof SAMPLE_ROLES)[number];

/**
 * A program that answers one prompt a run. In `command` and `resume`, `{prompt}` and `{session}` stand for the message
 * and for the session that an earlier run of the same conversation named; they are put in as whole arguments or parts
 * of one, never through a shell.
 */
export const commandAgentSchema = z.strictObject({
  kind: z.literal('command'),
  /** Fills in everything below for a known program; what is given besides overrides it. */
  preset: z.enum(COMMAND_PRESETS).optional(),
  /** Arguments put in front of the prompt of a preset, such as a model or a permission mode. */
  extra_args: z.array(z.string()).optional(),
  /** Program and arguments for a new conversation. */
  command: argv.optional(),
  /** Program and arguments for a further message of one; absent: every message is a new conversation. */
  resume: argv.optional(),
  prompt: z.enum(['stdin', 'argument']).optional(),
  output: z.enum(['text', 'json', 'jsonl']).optional(),
  /** Where the answer is in the JSON, as dotted names; in JSON lines, the last line that has it wins. */
  text_path: z.string().min(1).optional(),
  /** Only where all of these hold, each `path=value`. */
  text_where: z.array(condition).optional(),
  /** Where the program names its session, for `resume`. */
  session_path: z.string().min(1).optional(),
  /** Where the program tells a failure although it ends well; its text becomes the task's error. */
  error_path: z.string().min(1).optional(),
  error_where: z.array(condition).optional(),
  cwd: z.string().min(1).optional(),
  /** Names of environment variables to hand on besides the basic ones (PATH, HOME, LANG, TERM…). `*` at the end matches any rest. */
  env: z.array(z.string().min(1)).default([]),
  timeout_seconds: z.number().positive().max(86_400).default(3600),
  max_output_bytes: z
    .number()
    .int()
    .min(1024)
    .max(64 * 1024 * 1024)
    .default(4 * 1024 * 1024),
  /** Runs at once; further messages wait in line. Messages of one conversation never run at once. */
  concurrency: z.number().int().min(1).max(64).default(1),
  max_queue: z.number().int().min(0).max(10_000).default(100),
});

/** An agent that is a service: POST `{text, context_id, task_id}`; it answers `{text}` as JSON, or plain text. */
export const httpAgentSchema = z.strictObject({
  kind: z.literal('http'),
  url: httpUrl,
  headers: z.record(z.string(), z.string()).default({}),
  timeout_seconds: z.number().positive().max(86_400).default(600),
});

/** A member of the sample team. `docs` is the project whose files it works on; default: where this program is. */
export const sampleAgentSchema = z.strictObject({
  kind: z.literal('sample'),
  role: z.enum(SAMPLE_ROLES),
  docs: z.string().min(1).optional(),
  /** How fast it lives: 1 is for people who watch, 0.1 is ten times as fast. */
  pace: z.number().min(0.001).max(10).default(1),
});

export const agentConfigSchema = z.discriminatedUnion('kind', [commandAgentSchema, httpAgentSchema, sampleAgentSchema]);

export const runtimeConfigSchema = z.strictObject({
  platform_url: httpUrl,
  workspace_id: workspaceIdSchema,
  /** Shown on the agent card; default: the agent's own name. */
  name: z.string().trim().min(1).max(255).optional(),
  description: z.string().max(2000).optional(),
  /** Keeps token, inbound secret, sessions and runtime.json. Made with mode 0700. */
  folder: z.string().min(1),
  /** Where the snapshot is kept between two processes; relative to the folder. */
  snapshot_path: z.string().min(1).default('.agent_snapshot.json'),
  /** Where results of delegations are kept for the agent, as JSON lines; relative to the folder. */
  results_file: z.string().min(1).default('delegation_results.jsonl'),
  /** Between two messages that tell the agent of results; what ended meanwhile is told together. */
  results_cooldown_seconds: z.number().min(0).max(3600).default(60),
  interval_seconds: z.number().min(MIN_INTERVAL_SECONDS).max(MAX_INTERVAL_SECONDS).default(DEFAULT_INTERVAL_SECONDS),
  /** Where the agent listens. On anything but loopback every message needs the inbound secret as bearer. */
  host: z.string().min(1).default('127.0.0.1'),
  /** 0: any free one. */
  port: z.number().int().min(0).max(65_535).default(0),
  delivery_mode: deliveryModeSchema.default('push'),
  /** Where the platform reaches the agent, when that is not where it listens. */
  public_url: httpUrl.optional(),
  /** Where news of tasks may be sent besides the public internet: hosts, addresses and blocks, comma-separated. */
  allowed_targets: z
    .string()
    .default('')
    .transform(readAllowedTargets)
    .refine(
      ({ wrong }) => wrong.length === 0,
      'must be hosts, addresses or blocks such as hooks.example, 10.1.2.3, 10.0.0.0/8; comma-separated',
    ),
  /** How long tasks in flight may take to end after SIGTERM. */
  stop_deadline_seconds: z.number().min(0).max(3600).default(5),
  capabilities: z.record(z.string(), z.boolean()).default({}),
  idle_timeout_seconds: z.number().positive().optional(),
  agent: agentConfigSchema,
});

export type CommandAgentConfig = z.infer<typeof commandAgentSchema>;
export type HttpAgentConfig = z.infer<typeof httpAgentSchema>;
export type RuntimeConfig = z.infer<typeof runtimeConfigSchema>;
/** All but the agent. */
export type ConnectionConfig = Omit<RuntimeConfig, 'agent'>;
