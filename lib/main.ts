import { readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import next from 'next';
import pino from 'pino';
import { EmailChannel } from '#lib/adapters/email-channel.ts';
import { TargetGuard } from '#lib/adapters/guarded-target.ts';
import { HttpAgentTransport } from '#lib/adapters/http-agent-transport.ts';
import { createProcessProvisioner } from '#lib/adapters/process-provisioner.ts';
import { PushChannel } from '#lib/adapters/push-channel.ts';
import { SlackChannel } from '#lib/adapters/slack-channel.ts';
import { WebhookChannel } from '#lib/adapters/webhook-channel.ts';
import { provideContext } from '#lib/context.ts';
import { type Env, readEnv } from '#lib/env.ts';
import { createLogger } from '#lib/http/logger.ts';
import { ACTOR_HEADER, decodeActor, mountPages } from '#lib/http/pages.ts';
import { buildServer } from '#lib/http/server.ts';
import { StaticFiles } from '#lib/http/static-files.ts';
import { LOCAL_OPERATOR } from '#lib/platform/actor.ts';
import type { Log } from '#lib/platform/deps.ts';
import { pageVerbs } from '#lib/platform/page-verbs.ts';
import { createPlatform } from '#lib/platform/platform.ts';
import { startSampleTeam } from '#lib/platform/sample-team-verbs.ts';
import { openPeople, preparePeople } from '#lib/sign-in.ts';
import { startErrorText } from '#lib/start-error.ts';
import { openStore } from '#lib/store/open-store.ts';

/** The commit that was bundled; undefined when the sources run, null when they are in no repository. */
declare const CANVAS_COMMIT: string | null | undefined;

// Ten thousand beats in half a minute leave little garbage each, and V8 would let it double the heap before it looks.
// Tens of MB less for a per cent of a core; a V8 without this flag says so on stderr and goes on.
setFlagsFromString('--heap-growing-percent=25');

/** The folder of the project: the one above this file, in the sources and in the bundle alike. */
const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');

async function main(env: Env): Promise<void> {
  const logger = createLogger(env.logLevel, pino.destination(2), process.stderr.isTTY);
  const log: Log = (level, message, facts) => logger[level](facts ?? {}, message);
  process.on('uncaughtException', (error) => {
    logger.fatal({ err: error }, 'Canvas ends: something failed that nothing is prepared for');
    process.exit(1);
  });
  if (env.redisUrl) log('warn', 'REDIS_URL is set and not used: one Canvas process needs no Redis, and several are not supported yet');
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const store = await openStore({
    dataDir: env.dataDir,
    databaseUrl: env.databaseUrl,
    prepare: env.signIn ? preparePeople(log) : undefined,
  });
  const people = env.signIn ? await openPeople(store, env, log) : null;
  const provisioner = createProcessProvisioner({
    dataDir: env.dataDir,
    command: runtimeCommand(env.dev),
    environment: env.all,
    environmentNames: env.agentEnvironment,
    stopDeadlineMs: 15_000,
    backoff: { baseMs: 2000, maxMs: 60_000 },
    log: ({ level, message, ...facts }) => log(level, message, facts),
  });
  let address = '';
  const targets = new TargetGuard(env.allowedTargets);
  const platform = await createPlatform({
    store,
    provisioner,
    transport: new HttpAgentTransport(),
    checkTarget: (url, mustBeFound) => targets.check(new URL(url).hostname, mustBeFound),
    senders: {
      webhook: new WebhookChannel(targets, Date.now),
      slack: new SlackChannel(targets),
      email: new EmailChannel(targets),
      push: new PushChannel(targets, Date.now),
    },
    now: Date.now,
    log,
    options: {
      platformUrl: () => address,
      publicUrl: () => env.publicUrl ?? address,
      signInFree: !env.signIn,
      provisioningTimeoutMs: 10 * 60_000,
      insideContainer: env.insideContainer,
    },
  });
  const policy = { loopback: !env.signIn, allowedHosts: env.allowedHosts, publicUrl: env.publicUrl, signIn: people?.signIn ?? null };
  const {
    app,
    guard,
    log: requests,
  } = buildServer({
    deps: platform.deps,
    policy,
    logger,
    build: { version, commit: typeof CANVAS_COMMIT === 'undefined' ? null : CANVAS_COMMIT },
    ready: () => store.ping(),
  });
  const pages = next({ dev: env.dev, dir: root, hostname: env.host, port: env.port, httpServer: app.server });
  provideContext({
    verbs: pageVerbs(platform.deps),
    actorOf: (headers) => decodeActor(headers.get(ACTOR_HEADER)),
    signIn: env.signIn,
    needsSetUp: async () => (await people?.signIn.needsSetUp()) ?? false,
    canProvision: true,
    get publicUrl() {
      return env.publicUrl ?? address;
    },
    version,
  });
  await pages.prepare();
  mountPages(app, {
    deps: platform.deps,
    policy,
    guard,
    log: requests,
    handle: pages.getRequestHandler(),
    serviceWorker: readFileSync(join(root, 'public', 'sw.js'), 'utf8'),
    files: env.dev ? null : new StaticFiles(join(root, '.next', 'static')),
    dev: env.dev,
  });
  await app.listen({ host: env.host, port: env.port });
  address = addressOf(env.host, app.server.address());

  endOnSignal(log, async () => {
    await platform.endWorkspaces(env.keepWorkspaces ? 'leave' : 'stop');
    await app.close();
    await platform.close();
    await pages.close();
    await store.close();
  });

  await platform.start();
  if (env.demo) await startSampleTeam(platform.deps, LOCAL_OPERATOR);
  process.stdout.write(`Canvas is ready on ${address}\n`);
  const token = await people?.setUpToken();
  if (token)
    process.stdout.write(`Nobody has an account yet. Make the first one, once, at:\n  ${env.publicUrl ?? address}/setup?token=${token}\n`);
  if (people && !policy.publicUrl?.startsWith('https:')) {
    log('warn', 'people sign in over plain http: put TLS in front of Canvas and name its address in CANVAS_PUBLIC_URL');
  }
}

/** The address for this machine: who listens on every address is reached on the loopback one. */
function addressOf(host: string, bound: ReturnType<Server['address']>): string {
  const name = { '0.0.0.0': '127.0.0.1', '::': '[::1]' }[host] ?? (host.includes(':') ? `[${host}]` : host);
  return `http://${name}:${typeof bound === 'object' && bound ? bound.port : ''}`;
}

/** The first signal ends everything in order, the second at once. */
function endOnSignal(log: Log, end: () => Promise<void>): void {
  let ending = false;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (ending) process.exit(1);
      ending = true;
      log('info', 'ending', { signal });
      end().then(
        () => process.exit(0),
        (error: unknown) => {
          log('error', 'the end was not in order', { why: String(error) });
          process.exit(1);
        },
      );
    });
  }
}

/** The runtime that provisioned workspaces run: the bundle, or in development its source. */
function runtimeCommand(dev: boolean): string[] {
  if (!dev) return [process.execPath, join(root, 'dist', 'workspace.js')];
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  return [process.execPath, '--import', tsx, join(root, 'lib', 'runtime', 'main.ts')];
}

let env: Env | null = null;
try {
  env = readEnv();
  await main(env);
} catch (error) {
  process.stderr.write(`Canvas could not start: ${startErrorText(error, env)}\n`);
  process.exit(1);
}
