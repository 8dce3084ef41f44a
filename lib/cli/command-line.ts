import { parseArgs } from 'node:util';
import { CanvasError } from '#lib/contract/errors.ts';
import { MAX_DEADLINE_SECONDS, MAX_RUN_REASON } from '#lib/contract/restart-steps.ts';
import { formatAge, parseDuration } from '#lib/domain/duration-text.ts';

export interface CommonOptions {
  /** Null: not given here. */
  url: string | null;
  json: boolean;
}
/** What a command line asks for. */
export type CommandLine =
  /** `asked`: false when nothing at all was typed. */
  | { command: 'help'; asked: boolean }
  | ({ command: 'status'; workspace: string | null } & CommonOptions)
  | ({
      command: 'restart';
      workspace: string;
      /** Null: as long as it takes; undefined: as Canvas does when nothing is said. */
      deadlineSeconds: number | null | undefined;
      force: boolean;
      reason: string | undefined;
      wait: boolean;
    } & CommonOptions);

const COMMON = { url: { type: 'string' }, json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } as const;
const RESTART = {
  deadline: { type: 'string' },
  force: { type: 'boolean' },
  reason: { type: 'string' },
  wait: { type: 'boolean' },
} as const;

/** @throws CanvasError `bad_request`: what is not understood, and where to read more. */
export function readCommandLine(argv: readonly string[]): CommandLine {
  const [command, ...rest] = argv;
  if (command === undefined) return { command: 'help', asked: false };
  if (command === 'help' || argv.includes('--help') || argv.includes('-h')) return { command: 'help', asked: true };
  if (command === 'status') {
    const { values, positionals } = parse(rest, COMMON);
    return { command, workspace: atMostOne(positionals), ...commonOf(values) };
  }
  if (command === 'restart') {
    const { values, positionals } = parse(rest, { ...COMMON, ...RESTART });
    const workspace = atMostOne(positionals);
    if (workspace === null) throw wrong('Which workspace? Name it: canvas restart WORKSPACE');
    const { force = false, wait = false, reason } = values;
    if (reason !== undefined && reason.length > MAX_RUN_REASON)
      throw wrong(`--reason is at most ${MAX_RUN_REASON} characters, not ${reason.length}`);
    return { command, workspace, deadlineSeconds: deadlineOf(values.deadline), force, wait, reason, ...commonOf(values) };
  }
  throw wrong(`"${command}" is not a command of canvas: there are status and restart`);
}

function parse<T extends NonNullable<Parameters<typeof parseArgs>[0]>['options']>(args: readonly string[], options: T) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (thrown) {
    throw wrong(optionText(thrown, options ?? {}));
  }
}

/** What is wrong with an option, told by the code and the quoted name of what `parseArgs` throws. */
function optionText(thrown: unknown, options: object): string {
  const { code, message } = thrown as { code?: string; message: string };
  const option = /'(?:-[A-Za-z], )?(-{1,2}[^'\s=]*)/.exec(message)?.[1] ?? 'an option';
  if (code !== 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE') return `There is no option ${option} here`;
  const takesText = Object.entries(options).some(([name, { type }]) => `--${name}` === option && type === 'string');
  return takesText ? `${option} wants a value: ${option}=VALUE` : `${option} takes no value`;
}

function commonOf({ url, json }: { url?: string | undefined; json?: boolean | undefined }): CommonOptions {
  return { url: url ?? null, json: json === true };
}

function atMostOne(words: readonly string[]): string | null {
  if (words.length > 1) throw wrong(`One workspace at a time, not ${words.length}: put a name with spaces into quotes`);
  if (words[0]?.trim() === '') throw wrong('The name of the workspace is empty');
  return words[0] ?? null;
}

/** Whole seconds, rounded up: a deadline is not passed early. */
function deadlineOf(text: string | undefined): number | null | undefined {
  if (text === undefined || text === 'none') return text === 'none' ? null : undefined;
  const ms = parseDuration(text);
  if (ms === null) throw wrong(`--deadline must be a time such as 30s, 15m or 1h, or none, not "${text}"`);
  if (ms > MAX_DEADLINE_SECONDS * 1000)
    throw wrong(`--deadline is at most ${formatAge(MAX_DEADLINE_SECONDS * 1000)}, or none, not "${text}"`);
  return Math.ceil(ms / 1000);
}

function wrong(what: string): CanvasError {
  return new CanvasError('bad_request', `${what}. See canvas --help.`);
}
