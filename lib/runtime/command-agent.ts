import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { z } from 'zod';
import { CanvasError } from '#lib/contract/errors.ts';
import { traceparentOf } from '#lib/contract/traces.ts';
import type { Agent, AgentHost, AgentState, AgentTask } from './agent.ts';
import { commandEnvironment } from './command-environment.ts';
import { CommandOutput, SESSION_NAME } from './command-output.ts';
import { type CommandPlan, commandPlan } from './command-presets.ts';
import { checkProgram } from './command-program.ts';
import { runCommand } from './command-run.ts';
import { CommandSessions } from './command-sessions.ts';
import type { CommandAgentConfig } from './config-schema.ts';
import { ProgramPids } from './program-pids.ts';
import type { Environment } from './read-config.ts';
import { scrubbedEnd, scrubbedText } from './scrubbed-text.ts';
import { TurnQueue } from './turn-queue.ts';
import { untrustedBlock } from './untrusted-results.ts';

const PROGRESS_CHARS = 300;
const STDERR_SHOWN = 500;
const sessionsSchema = z.array(z.tuple([z.string(), z.string().regex(SESSION_NAME)]));

/** An agent that is a program: one run a message, the conversation carried on through the program's own sessions. */
export class CommandAgent implements Agent {
  readonly name: string;
  readonly description: string;
  readonly skills = [{ id: 'answer', name: 'Answer', description: 'Answers a message' }];
  readonly capabilities: Readonly<Record<string, boolean>>;
  readonly #config: CommandAgentConfig;
  readonly #plan: CommandPlan;
  readonly #environment: Record<string, string>;
  readonly #sessions: CommandSessions;
  readonly #pids: ProgramPids;
  readonly #turns: TurnQueue;
  #mcpUrl: string | null = null;
  readonly #resultsPath: string;

  private constructor(
    config: CommandAgentConfig,
    plan: CommandPlan,
    {
      sessions,
      pids,
      environment,
      resultsPath,
    }: { sessions: CommandSessions; pids: ProgramPids; environment: Environment; resultsPath: string },
  ) {
    this.#resultsPath = resultsPath;
    this.#pids = pids;
    this.#config = config;
    this.#plan = plan;
    this.#sessions = sessions;
    this.#environment = commandEnvironment(environment, plan.env);
    this.#turns = new TurnQueue(config.concurrency, config.max_queue);
    this.name = plan.label;
    this.description = `Runs ${plan.label} for each message`;
    this.capabilities = { session: plan.resume !== null };
  }

  /** `resultsPath`: the file that has the results of delegations whole. Rejects with `bad_request` when its program cannot be started. */
  static async create(
    config: CommandAgentConfig,
    { folder, environment, resultsPath }: { folder: string; environment: Environment; resultsPath: string },
  ): Promise<CommandAgent> {
    const plan = commandPlan(config);
    checkProgram(config, plan, commandEnvironment(environment, plan.env)['PATH']);
    const [sessions, pids] = await Promise.all([CommandSessions.open(folder), ProgramPids.open(folder)]);
    return new CommandAgent(config, plan, { sessions, pids, environment, resultsPath });
  }

  start({ mcpUrl }: Pick<AgentHost, 'mcpUrl'>): void {
    this.#mcpUrl = mcpUrl;
  }

  async handle(task: AgentTask): Promise<{ text: string }> {
    const onWait = (before: number) => task.onProgress(`Waiting in line behind ${before + 1}`);
    return await this.#turns.run(task.contextId, task.signal, onWait, () => this.#turn(task));
  }

  preStopState(): AgentState {
    const { entries } = this.#sessions;
    return { session_id: entries.at(-1)?.[1] ?? null, sessions: entries };
  }

  async restoreState(state: AgentState, chosen: boolean): Promise<void> {
    const sessions = sessionsSchema.safeParse(state['sessions']);
    if (!sessions.success) return;
    if (chosen) await this.#sessions.replace(sessions.data);
    else await this.#sessions.restore(sessions.data);
  }

  async #turn(task: AgentTask): Promise<{ text: string }> {
    const { resume, command } = this.#plan;
    const session = resume === null ? null : this.#sessions.sessionOf(task.contextId);
    const argv = session === null || resume === null ? command : resume;
    const prompt = this.#promptOf(task);
    try {
      const answer = await this.#run(
        argv.map((part) => filled(part, { prompt, session: session ?? '' })),
        prompt,
        task,
      );
      await this.#sessions.succeeded(task.contextId, answer.session);
      return { text: answer.text };
    } catch (thrown) {
      if (!task.signal.aborted) await this.#sessions.failed(task.contextId);
      throw thrown;
    }
  }

  #promptOf({ text, results }: AgentTask): string {
    if (results.length === 0) return text;
    const boundary = randomBytes(16).toString('hex');
    return `${untrustedBlock(results, { boundary, file: this.#resultsPath })}\n\n${text}`;
  }

  async #run(argv: readonly string[], prompt: string, task: AgentTask): Promise<{ text: string; session: string | null }> {
    const output = new CommandOutput(this.#plan, (text) => task.onProgress(scrubbedText(text, PROGRESS_CHARS)));
    const end = await runCommand({
      argv,
      input: this.#plan.prompt === 'stdin' ? prompt : null,
      cwd: resolve(this.#config.cwd ?? '.'),
      env: {
        ...this.#environment,
        CANVAS_MESSAGE_ID: task.messageId,
        CANVAS_CONTEXT_ID: task.contextId,
        CANVAS_REDELIVERED: task.redelivered ? '1' : '0',
        TRACEPARENT: traceparentOf(task.trace),
        DELEGATION_RESULTS_FILE: this.#resultsPath,
        ...(this.#mcpUrl !== null && { CANVAS_MCP_URL: this.#mcpUrl }),
      },
      timeoutMs: this.#config.timeout_seconds * 1000,
      maxOutputBytes: this.#config.max_output_bytes,
      signal: task.signal,
      pids: this.#pids,
      onOutput: (text) => output.push(text),
    });
    const answer = output.end();
    const { label } = this.#plan;
    if (answer.error !== null) throw new CanvasError('upstream_failed', `${label} failed: ${answer.error}`);
    if (end.code !== 0) {
      const how = end.exitSignal === null ? `exit code ${end.code}` : `signal ${end.exitSignal}`;
      throw new CanvasError(
        'upstream_failed',
        `${label} ended with ${how}${end.stderr === '' ? ' and said nothing on stderr' : `: ${scrubbedEnd(end.stderr, STDERR_SHOWN)}`}`,
      );
    }
    if (answer.text === null)
      throw new CanvasError(
        'upstream_failed',
        `${label} ended well, but its output holds no answer where it should (${this.#plan.textPath})`,
      );
    return { text: answer.text, session: answer.session };
  }
}

/** Puts the values in by a function: a message may hold what `replace` would take for a pattern. */
function filled(part: string, values: { prompt: string; session: string }): string {
  return part.replace(/\{(prompt|session)\}/g, (_all, name: 'prompt' | 'session') => values[name]);
}
