import { scrub } from '#lib/domain/scrub.ts';
import { agentFor } from './agent-for.ts';
import { type CommandLine, readCommandLine } from './command-line.ts';
import { holdFolder } from './folder-lock.ts';
import { HELP } from './help-text.ts';
import { lineLog, sentenceOf } from './log.ts';
import { loadMcp } from './mcp/load-program.ts';
import { preparePrivateFolder } from './private-file.ts';
import { readConfig, readConnection } from './read-config.ts';
import { RUNTIME_VERSION } from './version.ts';
import { type RuntimeEnd, WorkspaceRuntime } from './workspace-runtime.ts';

/** Stopped as asked 0, an unforeseen fault 1, a wrong configuration 2, refused by the platform 3, removed or unknown there 4. */
const EXIT: Record<RuntimeEnd['kind'] | 'fault' | 'config', number> = { stopped: 0, fault: 1, config: 2, refused: 3, gone: 4 };

async function main(): Promise<number> {
  // What is said to nobody, as when who reads it has ended, must not end this process.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  const line = readCommandLine(process.argv.slice(2));
  if (line.help || line.version) {
    process.stdout.write(line.help ? HELP : `${RUNTIME_VERSION}\n`);
    return 0;
  }
  if (line.mcp) return await lendTools(line);
  const config = readConfig(line, process.env);
  await preparePrivateFolder(config.folder);
  await holdFolder(config.folder, config.workspace_id, { kind: 'runtime' });
  const agent = await agentFor(config, process.env);
  const log = lineLog((text) => process.stdout.write(text));
  // A promise that an agent forgot must not end a workspace that otherwise works.
  process.on('unhandledRejection', (thrown) => log('error', `Nobody handled a failure: ${sentenceOf(thrown)}`));
  const runtime = await WorkspaceRuntime.open({
    config,
    agent,
    log,
    joinCode: joinCodeOf(line),
    instance: line.instance,
  });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      log('info', `${signal}: finishing what is at work, then saying goodbye`);
      void runtime.stop();
    });
  }
  const end = await runtime.ended;
  if (end.kind === 'stopped') log('info', 'Stopped');
  else
    log(
      'error',
      end.kind === 'gone'
        ? `${sentenceOf(end.refusal)}. This runtime ends: the platform no longer has its workspace`
        : `${sentenceOf(end.refusal)}. This runtime ends: check the workspace id, and the token or join code`,
    );
  return EXIT[end.kind];
}

const joinCodeOf = (line: CommandLine) => line.joinCode ?? (process.env['CANVAS_JOIN_CODE'] || null);

/** `canvas-workspace mcp`. Stdout is the protocol's alone: whatever is to be said goes to stderr. */
async function lendTools(line: CommandLine): Promise<number> {
  const config = { ...readConnection(line, process.env), delivery_mode: 'poll' as const, stop_deadline_seconds: 0 };
  await preparePrivateFolder(config.folder);
  const log = lineLog((text) => process.stderr.write(text));
  process.on('unhandledRejection', (thrown) => log('error', `Nobody handled a failure: ${sentenceOf(thrown)}`));
  const ending = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => ending.abort());
  const { runSession } = await loadMcp();
  await runSession({
    config,
    joinCode: joinCodeOf(line),
    traceparent: process.env['TRACEPARENT'],
    stdin: process.stdin,
    stdout: process.stdout,
    log,
    ending: ending.signal,
  });
  return EXIT.stopped;
}

main().then(
  (code) => process.exit(code),
  (thrown: unknown) => {
    const fault = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
    const wrongInput = (thrown as { code?: unknown } | null)?.code === 'bad_request';
    process.stderr.write(`canvas-workspace: ${scrub(wrongInput ? sentenceOf(thrown) : fault).value}\n`);
    process.exit(wrongInput ? EXIT.config : EXIT.fault);
  },
);
