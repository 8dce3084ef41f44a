import { existsSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import { z } from 'zod';
import { type AllowedTargets, readAllowedTargets } from '#lib/domain/address-guard.ts';
import { isLoopbackName } from '#lib/http/origin-guard.ts';

const schema = z.object({
  PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
  HOST: z
    .string()
    .regex(/^[A-Za-z0-9.:_-]+$/, 'must be a host name or an address, such as 127.0.0.1 or 0.0.0.0')
    .default('127.0.0.1'),
  CANVAS_DATA_DIR: z.string().min(1).default('.canvas'),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must begin with postgres:// or postgresql://; leave it out for the embedded SQLite')
    .optional(),
  REDIS_URL: z
    .string()
    .regex(/^rediss?:\/\//, 'must begin with redis:// or rediss://')
    .optional(),
  /** The address people and agents use, when it is not http://HOST:PORT: behind a proxy, or in a container. */
  CANVAS_PUBLIC_URL: z
    .url({ protocol: /^https?$/, error: 'must be an http or https address' })
    .refine((url) => /^https?:\/\/[^/?#@]+\/?$/.test(url), 'must be scheme, host and port alone, such as https://canvas.example')
    .optional(),
  /** More host names that may stand in `Host`, comma-separated. */
  CANVAS_ALLOWED_HOSTS: z.string().default(''),
  /** What may be sent to although it is not on the public internet: hosts, addresses and blocks, comma-separated. */
  CANVAS_ALLOWED_TARGETS: z
    .string()
    .default('')
    .transform(readAllowedTargets)
    .refine(
      ({ wrong }) => wrong.length === 0,
      'must be hosts, addresses or blocks such as mail.example, 10.1.2.3, 10.0.0.0/8; comma-separated',
    ),
  CANVAS_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
  /** `1`: the workspaces that Canvas started go on when it ends, and are found again when it comes back. */
  CANVAS_KEEP_WORKSPACES: z.enum(['0', '1']).default('0'),
  /** Names of environment variables that workspaces started here get too, comma-separated, such as the key of a model. */
  CANVAS_AGENT_ENV: z
    .string()
    .regex(/^[A-Za-z0-9_, ]*$/, 'must be names of environment variables, comma-separated')
    .default(''),
  /** Whether Canvas runs in a container; `auto` looks for the marks that Docker and Podman leave. */
  CANVAS_IN_CONTAINER: z.enum(['0', '1', 'auto']).default('auto'),
  CANVAS_DEMO: z.enum(['0', '1']).default('0'),
  NODE_ENV: z.string().default('production'),
});

export interface Env {
  port: number;
  host: string;
  /**
   * Whether people must sign in. Not when Canvas is bound to loopback and known under loopback names only; a proxy on
   * this machine that makes it reachable under another name brings sign-in with it.
   */
  signIn: boolean;
  dataDir: string;
  databaseUrl: string | undefined;
  redisUrl: string | undefined;
  publicUrl: string | undefined;
  allowedHosts: string[];
  allowedTargets: AllowedTargets;
  logLevel: 'debug' | 'info' | 'warn' | 'error';
  keepWorkspaces: boolean;
  /** What workspaces started here get of our environment, besides the basic variables. */
  agentEnvironment: string[];
  insideContainer: boolean;
  demo: boolean;
  dev: boolean;
  /** The whole environment, for those who hand chosen names of it on to child processes. */
  all: Readonly<Record<string, string | undefined>>;
}

/** Reads the environment once, loudly: a wrong value is named with what it should be. An empty value counts as unset. */
export function readEnv(source: Readonly<Record<string, string | undefined>> = process.env): Env {
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ''));
  const parsed = schema.safeParse(given);
  if (!parsed.success) {
    const said = parsed.error.issues.map(
      ({ path, message }) => `${path.join('.')} ${message} (it is ${JSON.stringify(given[String(path[0])])})`,
    );
    throw new Error(`the environment is not usable: ${said.join('; ')}`);
  }
  const env = parsed.data;
  const publicUrl = env.CANVAS_PUBLIC_URL && new URL(env.CANVAS_PUBLIC_URL).origin;
  const allowedHosts = env.CANVAS_ALLOWED_HOSTS.split(',')
    .map((host) => host.trim())
    .filter(Boolean);
  const names = [...allowedHosts, ...(publicUrl ? [new URL(publicUrl).hostname.replace(/^\[|\]$/g, '')] : [])];
  return {
    port: env.PORT,
    host: env.HOST,
    signIn: ![env.HOST, ...names].every((name) => isLoopbackName(name.includes(':') ? `[${name}]` : name.toLowerCase())),
    dataDir: isAbsolute(env.CANVAS_DATA_DIR) ? env.CANVAS_DATA_DIR : resolve(env.CANVAS_DATA_DIR),
    databaseUrl: env.DATABASE_URL,
    redisUrl: env.REDIS_URL,
    publicUrl,
    allowedHosts,
    allowedTargets: env.CANVAS_ALLOWED_TARGETS,
    logLevel: env.CANVAS_LOG_LEVEL,
    agentEnvironment: env.CANVAS_AGENT_ENV.split(',')
      .map((name) => name.trim())
      .filter(Boolean),
    keepWorkspaces: env.CANVAS_KEEP_WORKSPACES === '1',
    insideContainer: env.CANVAS_IN_CONTAINER === 'auto' ? hasContainerMark() : env.CANVAS_IN_CONTAINER === '1',
    demo: env.CANVAS_DEMO === '1',
    dev: env.NODE_ENV === 'development',
    all: source,
  };
}

function hasContainerMark(): boolean {
  return existsSync('/.dockerenv') || existsSync('/run/.containerenv');
}
