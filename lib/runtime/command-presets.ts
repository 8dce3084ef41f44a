import { CanvasError } from '#lib/contract/errors.ts';
import type { COMMAND_PRESETS, CommandAgentConfig } from './config-schema.ts';

/** How a program is run and read, with nothing left open. */
export interface CommandPlan {
  /** What people call it. */
  label: string;
  command: readonly string[];
  resume: readonly string[] | null;
  prompt: 'stdin' | 'argument';
  output: 'text' | 'json' | 'jsonl';
  textPath: string | null;
  textWhere: readonly string[];
  sessionPath: string | null;
  errorPath: string | null;
  errorWhere: readonly string[];
  env: readonly string[];
}

type Preset = Omit<CommandPlan, 'label' | 'command' | 'resume'> & {
  command: (extra: readonly string[]) => string[];
  resume: (extra: readonly string[]) => string[];
};

/** One-shot, machine-readable and resumable ways of calling the four; all read the prompt from stdin, which has no length limit. */
const PRESETS: Record<(typeof COMMAND_PRESETS)[number], Preset> = {
  claude: {
    command: (extra) => ['claude', '--print', '--output-format', 'json', ...extra],
    resume: (extra) => ['claude', '--print', '--output-format', 'json', '--resume', '{session}', ...extra],
    prompt: 'stdin',
    output: 'json',
    textPath: 'result',
    textWhere: [],
    sessionPath: 'session_id',
    errorPath: 'result',
    errorWhere: ['is_error=true'],
    env: ['ANTHROPIC_*', 'CLAUDE_*', 'AWS_*', 'GOOGLE_*', 'CLOUD_ML_REGION'],
  },
  codex: {
    // Flags of exec stand before `resume`: behind it several are refused.
    command: (extra) => ['codex', 'exec', '--json', '--skip-git-repo-check', ...extra, '-'],
    resume: (extra) => ['codex', 'exec', '--json', '--skip-git-repo-check', ...extra, 'resume', '{session}', '-'],
    prompt: 'stdin',
    output: 'jsonl',
    textPath: 'item.text',
    textWhere: ['type=item.completed', 'item.type=agent_message'],
    sessionPath: 'thread_id',
    errorPath: 'error.message',
    errorWhere: ['type=turn.failed'],
    env: ['OPENAI_*', 'CODEX_*', 'AZURE_*'],
  },
  gemini: {
    command: (extra) => ['gemini', '--output-format', 'json', ...extra],
    resume: (extra) => ['gemini', '--output-format', 'json', '--resume', '{session}', ...extra],
    prompt: 'stdin',
    output: 'json',
    textPath: 'response',
    textWhere: [],
    sessionPath: 'session_id',
    errorPath: 'error.message',
    errorWhere: [],
    env: ['GEMINI_*', 'GOOGLE_*'],
  },
  opencode: {
    command: (extra) => ['opencode', 'run', '--format', 'json', ...extra],
    resume: (extra) => ['opencode', 'run', '--format', 'json', '--session', '{session}', ...extra],
    prompt: 'stdin',
    output: 'jsonl',
    textPath: 'part.text',
    textWhere: ['type=text'],
    sessionPath: 'sessionID',
    errorPath: 'error.data.message',
    errorWhere: ['type=error'],
    env: ['OPENCODE_*', 'ANTHROPIC_*', 'OPENAI_*', 'GEMINI_*', 'GOOGLE_*', 'OPENROUTER_*', 'AWS_*'],
  },
};

/** The preset's plan with what the configuration says over it. Rejects with `bad_request` when no program is named. */
export function commandPlan(config: CommandAgentConfig): CommandPlan {
  const preset = config.preset === undefined ? null : PRESETS[config.preset];
  const extra = config.extra_args ?? [];
  const command = config.command ?? preset?.command(extra);
  if (command === undefined)
    throw new CanvasError('bad_request', 'agent: a command agent needs "command" (program and arguments) or "preset"');
  const prompt =
    config.prompt ??
    (config.command === undefined ? preset?.prompt : undefined) ??
    (command.some((part) => part.includes('{prompt}')) ? 'argument' : 'stdin');
  if (prompt === 'argument' && !command.some((part) => part.includes('{prompt}')))
    throw new CanvasError('bad_request', 'agent.command: put {prompt} where the message goes, or set prompt to "stdin"');
  return {
    label: config.preset ?? command[0] ?? 'command',
    command,
    // A preset's way to resume does not fit another program.
    resume: config.resume ?? (config.command === undefined ? preset?.resume(extra) : undefined) ?? null,
    prompt,
    output: config.output ?? preset?.output ?? 'text',
    textPath: config.text_path ?? preset?.textPath ?? null,
    textWhere: config.text_where ?? preset?.textWhere ?? [],
    sessionPath: config.session_path ?? preset?.sessionPath ?? null,
    errorPath: config.error_path ?? preset?.errorPath ?? null,
    errorWhere: config.error_where ?? preset?.errorWhere ?? [],
    env: [...(preset?.env ?? []), ...config.env],
  };
}
