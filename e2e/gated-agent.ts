import { mkdir, symlink, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { CreatedToken } from '#lib/contract/access.ts';
import type { WorkspaceDetail } from '#lib/contract/workspaces.ts';
import type { TestCanvas } from './canvas-test.ts';

/** What the agent lets slip when it is asked for `secret`. Made of pieces, there as here: it is in no file as it stands. */
export const SLIPPED = ['ghp', 'x7Kq2Rv9Tz4Wb6Nc1Md8Pe3Lf5Gh0JaQsVtY'].join('_');

/** One run a message: `secret` is answered at once; anything else when there is a file of its name in the folder of gates. */
const PROGRAM = `
import { existsSync } from 'node:fs';
const [, , gates, session, prompt] = process.argv;
const say = (result) => {
  console.log(JSON.stringify({ session: session || 'sess_8f31c2', result }));
  process.exit(0);
};
if (prompt === 'secret') say('published with ' + ['ghp', 'x7Kq2Rv9Tz4Wb6Nc1Md8Pe3Lf5Gh0JaQsVtY'].join('_'));
setInterval(() => existsSync(gates + '/' + prompt.replaceAll(' ', '-')) && say('did ' + prompt), 50);
`;

/** A workspace that Canvas runs itself, whose agent works on a message until the test lets it. */
export interface GatedAgent {
  id: string;
  name: string;
  /** Sends a message, as an operator who does not wait for its answer. */
  send(text: string): Promise<void>;
  /** Lets the work that a message asked for end. */
  letEnd(text: string): Promise<void>;
  /** Its agent can no longer be started, or can again. */
  breakProgram(): Promise<void>;
  mendProgram(): Promise<void>;
  /** Says in its name, again and again, that it is stuck, against its own beats; until the function that is answered is called. */
  wedge(reason: string): Promise<() => Promise<void>>;
  detail(): Promise<WorkspaceDetail>;
}

export async function gatedAgent(canvas: TestCanvas, folder: string, name: string, parent: string | null = null): Promise<GatedAgent> {
  const place = join(folder, `agent-${name.toLowerCase().replaceAll(' ', '-')}`);
  const [gates, script, program] = [join(place, 'gates'), join(place, 'agent.mjs'), join(place, 'program')];
  await mkdir(gates, { recursive: true });
  await writeFile(script, PROGRAM);
  const mendProgram = () => symlink(process.execPath, program);
  await mendProgram();
  const config = {
    agent: {
      kind: 'command',
      command: [program, script, gates, '', '{prompt}'],
      resume: [program, script, gates, '{session}', '{prompt}'],
      output: 'jsonl',
      text_path: 'result',
      session_path: 'session',
      concurrency: 4,
    },
  };
  const { id } = await canvas.call<{ id: string }>('POST', '/workspaces', {
    name,
    runtime: 'command',
    provisioner: 'process',
    parent_id: parent,
    config,
  });
  const detail = () => canvas.call<WorkspaceDetail>('GET', `/workspaces/${id}`);
  while ((await detail()).status !== 'online') await wait(100);
  let sent = 0;
  return {
    id,
    name,
    detail,
    mendProgram,
    breakProgram: () => unlink(program),
    async send(text) {
      const message = {
        kind: 'message',
        role: 'user',
        messageId: `${id}-${sent++}`,
        contextId: `talk-${sent}`,
        parts: [{ kind: 'text', text }],
      };
      const answer = await fetch(`${canvas.url}/workspaces/${id}/a2a`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', prefer: 'respond-async' },
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'message/send', params: { message } }),
      });
      if (!answer.ok) throw new Error(`The message was answered ${answer.status}: ${await answer.text()}`);
    },
    letEnd: (text) => writeFile(join(gates, text.replaceAll(' ', '-')), ''),
    async wedge(reason) {
      const { auth_token } = await canvas.call<CreatedToken>('POST', `/workspaces/${id}/tokens`, {});
      const { boot_id, active_tasks, current_task } = await detail();
      const beat = {
        runtime_state: 'wedged',
        sample_error: reason,
        boot_id,
        active_tasks,
        current_task,
        error_rate: 0,
        uptime_seconds: 60,
      };
      const say = async () => {
        const answer = await fetch(`${canvas.url}/registry/heartbeat`, {
          method: 'POST',
          headers: { authorization: `Bearer ${auth_token}`, 'content-type': 'application/json' },
          body: JSON.stringify({ workspace_id: id, ...beat }),
        });
        if (!answer.ok) throw new Error(`The beat was answered ${answer.status}: ${await answer.text()}`);
      };
      await say();
      let wedged = true;
      const going = (async () => {
        while (wedged) {
          await wait(500);
          await say();
        }
      })();
      return async () => {
        wedged = false;
        await going;
      };
    },
  };
}
