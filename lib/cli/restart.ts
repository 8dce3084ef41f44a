import type { RestartRequest, RestartRunDetail } from '#lib/contract/restarts.ts';
import { formatAge } from '#lib/domain/duration-text.ts';
import type { CanvasApi } from './canvas-api.ts';
import type { CommandLine } from './command-line.ts';
import { endText, followRun } from './follow-run.ts';
import { plainJson, plainText } from './plain-text.ts';
import { findWorkspace } from './status.ts';

/** Asks for a restart, and with `wait` follows it to its end. Answers the run as it was last seen. */
export async function restart(
  api: CanvasApi,
  line: Extract<CommandLine, { command: 'restart' }>,
  say: (line: string) => void,
): Promise<RestartRunDetail> {
  const tell = line.json ? () => undefined : say;
  const { card } = await findWorkspace(api, line.workspace);
  const body: RestartRequest = {
    force: line.force,
    ...(line.deadlineSeconds === undefined ? {} : { deadline_seconds: line.deadlineSeconds }),
    ...(line.reason === undefined ? {} : { reason: line.reason }),
  };
  const begun = await api.post<RestartRunDetail>(`/workspaces/${card.id}/restart`, body);
  const joined = begun.id === card.run?.id;
  const name = plainText(begun.workspace_name);
  tell(joined ? `${name} is being restarted already, and this joined it: ${begun.id}` : `Restart of ${name}: ${begun.id}`);
  if (joined) tell(deadlineText(begun));
  const run = line.wait ? await followRun(api, begun, tell) : begun;
  if (line.wait) for (const text of endText(run)) tell(text);
  if (line.json) say(plainJson(run));
  return run;
}

/** Which deadline holds: that of the run which was joined may be another than was asked for. */
function deadlineText({ force, deadline_seconds: seconds }: RestartRunDetail): string {
  if (force) return 'It does not wait for work in flight.';
  return seconds === null ? 'It waits for work in flight as long as that takes.' : `Its deadline is ${formatAge(seconds * 1000)}.`;
}
