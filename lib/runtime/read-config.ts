import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parse as parseYaml } from 'yaml';
import type { z } from 'zod';
import { CanvasError } from '#lib/contract/errors.ts';
import type { CommandLine } from './command-line.ts';
import { commandPlan } from './command-presets.ts';
import {
  agentConfigSchema,
  type ConnectionConfig,
  commandAgentSchema,
  httpAgentSchema,
  type RuntimeConfig,
  runtimeConfigSchema,
  sampleAgentSchema,
} from './config-schema.ts';
import { sentenceOf } from './log.ts';
import { nearestName } from './nearest-name.ts';

export const CONFIG_FILE = 'canvas-workspace.yaml';
type Settings = Record<string, unknown>;
export type Environment = Readonly<Record<string, string | undefined>>;

/** Environment variable of each setting that has one. `PLATFORM_URL` and `WORKSPACE_ID` are what other runtimes read too. */
export const ENVIRONMENT_NAMES: Record<string, readonly string[]> = {
  platform_url: ['CANVAS_PLATFORM_URL', 'PLATFORM_URL'],
  workspace_id: ['CANVAS_WORKSPACE_ID', 'WORKSPACE_ID'],
  name: ['CANVAS_WORKSPACE_NAME'],
  folder: ['CANVAS_WORKSPACE_FOLDER'],
  snapshot_path: ['AGENT_SNAPSHOT_PATH'],
  results_file: ['DELEGATION_RESULTS_FILE'],
  interval_seconds: ['CANVAS_INTERVAL_SECONDS'],
  host: ['CANVAS_WORKSPACE_HOST'],
  port: ['CANVAS_WORKSPACE_PORT'],
  public_url: ['CANVAS_WORKSPACE_PUBLIC_URL'],
  delivery_mode: ['CANVAS_DELIVERY_MODE'],
  allowed_targets: ['CANVAS_ALLOWED_TARGETS'],
  idle_timeout_seconds: ['CANVAS_IDLE_TIMEOUT_SECONDS'],
  agent: ['CANVAS_AGENT'],
};
/** Settings whose text in the environment is YAML: numbers, and the agent as `{kind: command, preset: claude}`. */
const YAML_SETTINGS = new Set(['interval_seconds', 'port', 'idle_timeout_seconds', 'agent']);

/**
 * Puts the configuration together: flags over environment over file. The file is `--config`, else
 * `canvas-workspace.yaml` in the workspace folder when it exists; JSON is YAML. The folder defaults to that of the
 * file, else to `~/.canvas-workspace/<workspace id>`.
 *
 * Rejects with `bad_request` and a sentence that names the key, the value's fault and where it came from.
 */
export function readConfig(line: CommandLine, environment: Environment): RuntimeConfig {
  const { settings, file } = gathered(line, environment);
  return check(runtimeConfigSchema, settings, file);
}

/** The same for a program that connects a workspace without an agent of its own; a file that names one is good for both. */
export function readConnection(line: CommandLine, environment: Environment): ConnectionConfig {
  const { settings, file } = gathered(line, environment);
  return check(connectionSchema, settings, file);
}

function gathered(line: CommandLine, environment: Environment): { settings: Settings; file: string | null } {
  const above = { ...environmentSettings(environment), ...line.settings };
  const id = typeof above['workspace_id'] === 'string' ? above['workspace_id'] : null;
  const home = typeof above['folder'] === 'string' ? above['folder'] : id === null ? null : join(homedir(), '.canvas-workspace', id);
  const found = home !== null && existsSync(join(home, CONFIG_FILE)) ? join(home, CONFIG_FILE) : null;
  const file = line.configFile ?? found;
  const below = file === null ? {} : fileSettings(file);
  const settings: Settings = { ...below, ...above };
  settings['folder'] = resolve(String(settings['folder'] ?? (file === null ? home : dirname(file)) ?? '.'));
  return { settings, file };
}

function environmentSettings(environment: Environment): Settings {
  const settings: Settings = {};
  for (const [key, names] of Object.entries(ENVIRONMENT_NAMES)) {
    const name = names.find((candidate) => environment[candidate]);
    const text = name === undefined ? undefined : environment[name];
    if (name !== undefined && text !== undefined)
      settings[key] = YAML_SETTINGS.has(key) ? yamlOf(text, `environment variable ${name}`) : text;
  }
  return settings;
}

function fileSettings(file: string): Settings {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (thrown) {
    throw new CanvasError('bad_request', `The configuration file ${file} cannot be read (${(thrown as NodeJS.ErrnoException).code})`);
  }
  const value = yamlOf(text, `configuration file ${file}`) ?? {};
  if (typeof value !== 'object' || Array.isArray(value))
    throw new CanvasError('bad_request', `The configuration file ${file} must hold settings as "key: value" lines`);
  return value as Settings;
}

function yamlOf(text: string, where: string): unknown {
  try {
    return parseYaml(text);
  } catch (thrown) {
    throw new CanvasError('bad_request', `The ${where} is not valid YAML: ${(thrown as Error).message.split('\n')[0]}`);
  }
}

const connectionSchema = runtimeConfigSchema.extend({ agent: agentConfigSchema.optional() });

function check<T extends z.infer<typeof connectionSchema>>(schema: z.ZodType<T>, settings: Settings, file: string | null): T {
  const where = file === null ? '' : ` (file ${file})`;
  const result = schema.safeParse(settings);
  if (!result.success)
    throw new CanvasError('bad_request', result.error.issues.map((issue) => sentence(issue, settings)).join('\n') + where);
  try {
    if (result.data.agent?.kind === 'command') commandPlan(result.data.agent);
  } catch (thrown) {
    throw new CanvasError('bad_request', sentenceOf(thrown) + where);
  }
  return result.data;
}

const HINTS: Record<string, string> = {
  platform_url: 'give --platform http://…, PLATFORM_URL or platform_url in the file',
  workspace_id: 'give --id, WORKSPACE_ID or workspace_id in the file; the page of the workspace shows it',
  agent: 'name one: "-- claude", "-- your-program", --agent-url http://… or agent in the file',
};

function sentence(issue: z.core.$ZodIssue, settings: Settings): string {
  const path = issue.path.map(String).join('.');
  const top = String(issue.path[0] ?? '');
  if (issue.code === 'unrecognized_keys') {
    const known = path === 'agent' ? agentKeys(settings) : Object.keys(runtimeConfigSchema.shape);
    return issue.keys
      .map((key) => {
        const meant = nearestName(key, known);
        return `${path === '' ? key : `${path}.${key}`}: there is no such setting${meant ? `; did you mean "${meant}"?` : `; known are ${known.join(', ')}`}`;
      })
      .join('\n');
  }
  if (issue.path.length === 1 && settings[top] === undefined) return `${path}: missing; ${HINTS[top] ?? 'give it'}`;
  if (path === 'agent.kind')
    return `agent.kind: must be one of ${agentConfigSchema.options.map((option) => option.shape.kind.value).join(', ')}`;
  return `${path}: ${issue.message}`;
}

function agentKeys(settings: Settings): string[] {
  const kind = (settings['agent'] as { kind?: unknown } | undefined)?.kind;
  const schema = [commandAgentSchema, httpAgentSchema, sampleAgentSchema].find((candidate) => candidate.shape.kind.value === kind);
  return Object.keys(schema?.shape ?? {});
}
