import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import next from 'next';
import pino from 'pino';
import { createProcessProvisioner } from '#lib/adapters/process-provisioner.ts';
import { provideContext } from '#lib/context.ts';
import { readEnv } from '#lib/env.ts';
import { ACTOR_HEADER, decodeActor, mountPages } from '#lib/http/pages.ts';
import { buildServer } from '#lib/http/server.ts';
import { LOCAL_OPERATOR } from '#lib/platform/actor.ts';
import type { Log } from '#lib/platform/deps.ts';
import { pageVerbs } from '#lib/platform/page-verbs.ts';
import { createPlatform } from '#lib/platform/platform.ts';
import { startSampleTeam } from '#lib/platform/sample-team-verbs.ts';
import { openStore } from '#lib/store/open-store.ts';

/** The folder of the project: the one above this file, in the sources and in the bundle alike. */
const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');

async function main(): Promise<void> {
  const env = readEnv();
  const logger = pino(
    {
      level: env.logLevel,
      base: null,
      redact: { paths: ['*.authorization', '*.cookie', '*.auth_token', '*.token', 'req.headers'], censor: '[hidden]' },
    },
    pino.destination(2),
  );
  const log: Log = (level, message, facts) => logger[level](facts ?? {}, message);
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const store = await openStore({ dataDir: env.dataDir, ...(env.databaseUrl ? { databaseUrl: env.databaseUrl } : {}) });
  const provisioner = createProcessProvisioner({
    dataDir: env.dataDir,
    command: runtimeCommand(env.dev),
    environment: env.all,
    stopDeadlineMs: 10_000,
    log: ({ level, message, ...facts }) => log(level, message, facts),
  });
  let address = '';
  const platform = await createPlatform({
    store,
    provisioner,
    now: Date.now,
    log,
    options: { platformUrl: () => address, signInFree: env.loopback, provisioningTimeoutMs: 10 * 60_000 },
  });
  const policy = { loopback: env.loopback, allowedHosts: env.allowedHosts, publicUrl: env.publicUrl, signIn: null };
  const { app, guard } = buildServer({ deps: platform.deps, policy, logger, build: { version, commit: null }, ready: () => store.ping() });
  const pages = next({ dev: env.dev, dir: root, hostname: env.host, port: env.port, httpServer: app.server });
  provideContext({
    verbs: pageVerbs(platform.deps),
    actorOf: (headers) => decodeActor(headers.get(ACTOR_HEADER)),
    signIn: !env.loopback,
    canProvision: true,
    get publicUrl() {
      return env.publicUrl ?? address;
    },
    version,
  });
  await pages.prepare();
  mountPages(app, { deps: platform.deps, policy, guard, handle: pages.getRequestHandler(), dev: env.dev });
  await app.listen({ host: env.host, port: env.port });
  const bound = app.server.address();
  const port = typeof bound === 'object' && bound ? bound.port : env.port;
  address = `http://${env.host.includes(':') ? `[${env.host}]` : env.host}:${port}`;

  let ending = false;
  const end = async (signal: string) => {
    if (ending) return;
    ending = true;
    log('info', 'ending', { signal });
    await app.close();
    await platform.close(env.keepWorkspaces ? 'leave' : 'stop');
    await pages.close();
    await store.close();
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void end(signal));

  await platform.start();
  if (env.demo) await startSampleTeam(platform.deps, LOCAL_OPERATOR);
  process.stdout.write(`Canvas is ready on ${address}\n`);
}

/** The runtime that provisioned workspaces run: the bundle, or in development its source. */
function runtimeCommand(dev: boolean): string[] {
  if (!dev) return [process.execPath, join(root, 'dist', 'workspace.js')];
  const tsx = createRequire(import.meta.url).resolve('tsx/cli');
  return [process.execPath, tsx, join(root, 'lib', 'runtime', 'main.ts')];
}

main().catch((error: unknown) => {
  process.stderr.write(`Canvas could not start: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
