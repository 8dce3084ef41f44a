// A platform to be killed: starts, stops and crashes workspaces without pause and says on its output what it has been
// answered. Its argument is the data folder; the workspaces are w0…w5.
import { join } from 'node:path';
import { createProcessProvisioner } from './process-provisioner.ts';

const provisioner = createProcessProvisioner({
  dataDir: process.argv[2] ?? '',
  command: [process.execPath, join(import.meta.dirname, 'test-runtime.js')],
  environment: {},
  log: () => undefined,
  stopDeadlineMs: 2000,
  backoff: { baseMs: 20, maxMs: 50 },
});
const say = (what: string, id: string, pid: number | null): boolean => process.stdout.write(`${JSON.stringify({ what, id, pid })}\n`);

async function live(id: string): Promise<never> {
  for (;;) {
    const { pid } = await provisioner.start({
      workspace_id: id,
      name: id,
      config: { behaviour: 'well' },
      auth_token: 'test-token',
      inbound_secret: 'test-secret',
      platform_url: 'http://127.0.0.1:9',
    });
    say('started', id, pid);
    await new Promise((resolve) => process.stdin.once('data', resolve));
    say('stopping', id, pid);
    await provisioner.stop(id, { deadline_ms: 2000 });
    say('stopped', id, pid);
  }
}

await Promise.all(['w0', 'w1', 'w2', 'w3', 'w4', 'w5'].map(live));
