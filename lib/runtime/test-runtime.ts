import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import type { Agent } from './agent.ts';
import { runtimeConfigSchema } from './config-schema.ts';
import { lineLog } from './log.ts';
import { testFolders } from './test-folder.ts';
import { rpc, send, type TestAnswer } from './test-http.ts';
import { TestPlatform } from './test-platform.ts';
import { type RuntimeOptions, WorkspaceRuntime } from './workspace-runtime.ts';

const INBOUND = 'inbound-one';

export interface TestRuntime {
  runtime: WorkspaceRuntime;
  platform: TestPlatform;
  folder: string;
  /** All it has logged. */
  logged: () => string;
  signal: (runId: string, drainSeconds: number | null) => Promise<TestAnswer>;
  cancel: (runId: string) => Promise<TestAnswer>;
  preview: () => Promise<TestAnswer>;
  say: (text: string, messageId: string, metadata?: object) => ReturnType<typeof rpc>;
}

/** A whole runtime in this process, connected to a platform that writes down what it hears; ended after each test. */
export function testRuntimes(): (agent: Partial<Agent>, options?: Partial<RuntimeOptions>, settings?: object) => Promise<TestRuntime> {
  const newFolder = testFolders();
  const opened: TestRuntime[] = [];
  afterEach(async () => {
    for (const { runtime, platform } of opened.splice(0)) {
      await runtime.stop();
      await platform.close();
      if (platform.faults.length > 0) throw new Error(platform.faults.join('\n'));
    }
  });
  return async (agent, options = {}, settings = {}) => {
    const platform = await TestPlatform.start();
    const folder = newFolder();
    writeFileSync(join(folder, '.auth_token'), 'token-one');
    const lines: string[] = [];
    const config = runtimeConfigSchema.parse({
      platform_url: platform.url,
      workspace_id: 'ws-1',
      folder,
      stop_deadline_seconds: 0,
      agent: { kind: 'http', url: 'http://127.0.0.1:9' },
      ...settings,
    });
    const runtime = await WorkspaceRuntime.open({
      config,
      agent: { name: 'Test', description: '', skills: [], handle: async ({ text }) => ({ text }), ...agent },
      log: lineLog((line) => lines.push(line)),
      drainGraceMs: 50,
      ...options,
    });
    const signals = `${runtime.url}/signals`;
    const call = (name: string, params: object) =>
      send(`${signals}/${name}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${INBOUND}`, 'x-restart-signal': 'true' },
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: `signals/${name}`, params: { workspace_id: 'ws-1', ...params } }),
      });
    const test: TestRuntime = {
      runtime,
      platform,
      folder,
      logged: () => lines.join(''),
      signal: (run_id, drain_seconds) => call('restart_pending', { run_id, drain_seconds }),
      cancel: (run_id) => call('restart_cancelled', { run_id }),
      preview: () => send(`${signals}/snapshot`, { headers: { authorization: `Bearer ${INBOUND}` } }),
      say: (text, messageId, metadata) => rpc(runtime.url, 'message/send', { message: { messageId, metadata, parts: [{ text }] } }),
    };
    opened.push(test);
    await platform.beat();
    return test;
  };
}
