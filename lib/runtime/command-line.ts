import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { CanvasError } from '#lib/contract/errors.ts';
import { COMMAND_PRESETS } from './config-schema.ts';
import { nearestName } from './nearest-name.ts';

/** What a command line asks for: settings under the names of the config file, and what is no setting. */
export interface CommandLine {
  settings: Record<string, unknown>;
  configFile: string | null;
  joinCode: string | null;
  /** Opaque mark of whoever started this process; echoed by GET /healthz. */
  instance: string | null;
  /** Its first word was `mcp`: tools over stdin and stdout, and no agent. */
  mcp: boolean;
  help: boolean;
  version: boolean;
}

const OPTIONS = {
  config: { type: 'string', short: 'c' },
  platform: { type: 'string', short: 'p' },
  id: { type: 'string' },
  join: { type: 'string' },
  name: { type: 'string' },
  folder: { type: 'string' },
  interval: { type: 'string' },
  host: { type: 'string' },
  port: { type: 'string' },
  'public-url': { type: 'string' },
  'delivery-mode': { type: 'string' },
  'agent-url': { type: 'string' },
  sample: { type: 'string' },
  instance: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
} as const;

/** Reads arguments. `-- <program> [arguments]` names a command agent; a first word `mcp` asks for tools, an optional `connect` is for people. */
export function readCommandLine(argv: readonly string[]): CommandLine {
  const divider = argv.indexOf('--');
  const own = divider === -1 ? argv : argv.slice(0, divider);
  const program = divider === -1 ? [] : argv.slice(divider + 1);
  const mcp = own[0] === 'mcp';
  const { values, positionals } = parse(mcp || own[0] === 'connect' ? own.slice(1) : own);
  if (positionals.length > 0)
    throw new CanvasError('bad_request', `"${positionals[0]}" is not understood: put the agent's program behind --, as in "-- claude"`);
  const settings: Record<string, unknown> = {};
  const set = (key: string, value: unknown) => {
    if (value !== undefined) settings[key] = value;
  };
  set('platform_url', values.platform);
  set('workspace_id', values.id);
  set('name', values.name);
  set('folder', values.folder);
  set('interval_seconds', numberOf('--interval', values.interval));
  set('host', values.host);
  set('port', numberOf('--port', values.port));
  set('public_url', values['public-url']);
  set('delivery_mode', values['delivery-mode']);
  const agents = [
    program.length > 0 ? commandAgentOf(program) : null,
    values['agent-url'] ? { kind: 'http', url: values['agent-url'] } : null,
    values.sample ? { kind: 'sample', role: values.sample } : null,
  ].filter((agent) => agent !== null);
  if (agents.length > 1)
    throw new CanvasError('bad_request', 'More than one agent is named: give one of "-- <program>", --agent-url and --sample');
  if (mcp && agents.length > 0)
    throw new CanvasError(
      'bad_request',
      'mcp takes no agent: whoever starts it is the agent. Leave "-- <program>", --agent-url and --sample out',
    );
  set('agent', agents[0]);
  return {
    settings,
    configFile: values.config ?? null,
    joinCode: values.join ?? null,
    instance: values.instance ?? null,
    mcp,
    help: values.help === true,
    version: values.version === true,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true, strict: true });
  } catch (thrown) {
    const { code, message } = thrown as Error & { code?: string };
    const flag = code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION' ? /'--?([^' ]+)/.exec(message)?.[1] : undefined;
    if (flag === undefined) throw new CanvasError('bad_request', message);
    const meant = nearestName(flag, Object.keys(OPTIONS));
    throw new CanvasError(
      'bad_request',
      `--${flag} is not a flag of canvas-workspace${meant ? `; did you mean --${meant}?` : '; see --help'}`,
    );
  }
}

/** Text that is no number is kept, so that the check of the settings names the key and the value. */
function numberOf(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new CanvasError('bad_request', `${flag} must be a number, not "${text}"`);
  return value;
}

function commandAgentOf(program: readonly string[]): Record<string, unknown> {
  const [first = '', ...rest] = program;
  const known = COMMAND_PRESETS.find((preset) => preset === basename(first).replace(/\.(cmd|exe)$/, ''));
  if (known === undefined) return { kind: 'command', command: [...program] };
  return { kind: 'command', preset: known, ...(rest.length > 0 && { extra_args: rest }) };
}
