/** What each room is asked to refuse and to accept: import specifiers, one per line of a planted file. */
export interface RoomCase {
  /** A file of the room, relative to the project. */
  file: string;
  /** The room's name in Biome's answer. */
  named: string;
  refused: string[];
  accepted: string[];
}

const UPWARDS = ['../x.ts', './../x.ts', '..', './index.ts', './utils.ts', './common.ts', 'node:process'];
const FRAMEWORKS = ['react', 'next/link', 'fastify', '@a2a-js/sdk', 'pg'];

const ROOMS = ['contract', 'domain', 'ports', 'store', 'adapters', 'platform', 'http', 'client', 'runtime', 'cli'];

/** Every room of lib, without those named, and the floors above. */
function allBut(...rooms: string[]): string[] {
  const others = ROOMS.filter((room) => !rooms.includes(room)).map((room) => `#lib/${room}/x.ts`);
  return [...others, '#components/fleet/x.tsx', ...UPWARDS];
}

function only(...rooms: string[]): string[] {
  return ['./x.ts', ...rooms.map((room) => `#lib/${room}/x.ts`)];
}

function room(name: string, may: string[], packages: string[], never: string[]): RoomCase {
  return {
    file: `lib/${name}/planted.ts`,
    named: `floor-plan: ${name} `,
    refused: [...allBut(name, ...may), ...never],
    accepted: [...only(name, ...may), ...packages],
  };
}

export const ROOM_CASES: RoomCase[] = [
  room('contract', [], ['zod'], ['node:fs', 'kysely', ...FRAMEWORKS]),
  room('domain', ['contract'], [], ['zod', 'node:fs', 'node:crypto', 'kysely', ...FRAMEWORKS]),
  room('ports', ['contract', 'domain'], [], ['node:fs', 'kysely', ...FRAMEWORKS]),
  room('store', ['contract', 'domain'], ['kysely', 'libsql', 'pg', 'node:fs'], ['node:http', 'node:net', 'react', 'fastify', 'next']),
  room('adapters', ['ports', 'contract', 'domain'], ['node:child_process'], ['kysely', 'react', 'next', 'fastify']),
  room('platform', ['contract', 'domain', 'ports', 'store'], ['zod', 'node:crypto'], ['node:fs', 'node:http', 'kysely', ...FRAMEWORKS]),
  room('http', ['contract', 'platform'], ['fastify', 'pino', 'node:http'], ['react', 'next', 'kysely', 'pg', 'libsql']),
  room('client', ['contract', 'domain'], ['react', '@tanstack/react-query'], ['node:fs', 'next/headers', 'fastify', 'kysely']),
  room(
    'runtime',
    ['contract', 'domain'],
    ['node:http', '@a2a-js/sdk', '@modelcontextprotocol/sdk/server/mcp.js', 'yaml'],
    ['react', 'next', 'fastify', 'kysely', 'pg'],
  ),
  room('cli', ['contract', 'domain'], ['node:http', 'node:util'], ['zod', 'react', 'next', 'fastify', 'kysely', 'pg']),
  {
    file: 'lib/adapters/process-planted.ts',
    named: 'floor-plan: adapters may import',
    refused: [...allBut('adapters', 'ports', 'contract', 'domain'), './better-auth-sign-in.ts', 'better-auth', 'kysely'],
    accepted: ['./process-life.ts', './child-environment.ts', 'node:child_process'],
  },
  {
    file: 'lib/adapters/better-auth-planted.ts',
    named: 'floor-plan: adapters may import',
    refused: [...allBut('adapters', 'ports', 'contract', 'domain'), './process-life.ts', 'fastify', 'pg'],
    accepted: ['./first-account.ts', 'better-auth', 'better-auth/api', '@node-rs/argon2', 'kysely', 'node:crypto'],
  },
  {
    file: 'lib/adapters/email-planted.ts',
    named: 'floor-plan: adapters may import',
    refused: [...allBut('adapters', 'ports', 'contract', 'domain'), './process-life.ts', 'fastify', 'kysely', 'smtp-server'],
    accepted: ['./guarded-target.ts', 'nodemailer', 'node:net'],
  },
  {
    file: 'components/fleet/planted.tsx',
    named: 'floor-plan: components may import',
    refused: ['platform', 'store', 'adapters', 'http', 'ports', 'runtime', 'cli']
      .map((name) => `#lib/${name}/x.ts`)
      .concat('node:fs', 'fastify', '#lib/context.ts', ...UPWARDS),
    accepted: [
      './x.tsx',
      '#components/ui/x.tsx',
      ...only('client', 'contract', 'domain'),
      'react',
      'next/link',
      '@tanstack/react-virtual',
      '@xyflow/react',
      '@dagrejs/dagre',
    ],
  },
  {
    file: 'app/planted.tsx',
    named: 'floor-plan: app may import',
    refused: ['platform', 'store', 'adapters', 'http', 'ports', 'runtime', 'cli']
      .map((name) => `#lib/${name}/x.ts`)
      .concat('node:fs', 'kysely', '#lib/env.ts', ...UPWARDS),
    accepted: ['./x.tsx', '#components/ui/x.tsx', ...only('client', 'contract', 'domain'), '#lib/context.ts', 'next/headers'],
  },
  {
    file: 'lib/main.ts',
    named: 'floor-plan: the composition roots may import',
    refused: ['#lib/client/x.ts', '#lib/runtime/x.ts', '#lib/cli/x.ts', '#components/fleet/x.tsx', './store/x.ts', ...UPWARDS],
    accepted: [
      './env.ts',
      ...['store', 'adapters', 'platform', 'http', 'ports', 'domain'].map((name) => `#lib/${name}/x.ts`),
      'next',
      'fastify',
    ],
  },
  {
    file: 'e2e/planted.test.ts',
    named: 'floor-plan: e2e proves promises from outside',
    refused: allBut('contract'),
    accepted: ['./x.ts', '#lib/contract/x.ts', 'vitest', '@playwright/test', 'node:child_process'],
  },
  {
    file: 'e2e/fleet/planted.ts',
    named: 'floor-plan: e2e proves promises from outside',
    refused: allBut('contract'),
    accepted: ['./x.ts', '#lib/contract/x.ts', 'node:http'],
  },
  {
    file: 'scripts/planted.js',
    named: 'floor-plan: scripts run before anything is installed',
    refused: ['zod', 'fastify', 'vitest', '#lib/contract/x.ts', '#lib/store/x.ts', '../x.js'],
    accepted: ['./x.js', 'node:fs'],
  },
  {
    file: 'scripts/planted.test.ts',
    named: 'floor-plan: scripts run before anything is installed',
    refused: ['fastify', '#lib/store/x.ts', '../x.js'],
    accepted: ['./x.js', 'node:fs', 'vitest'],
  },
  ...['domain', 'platform', 'client', 'cli'].map((name) => ({
    file: `lib/${name}/planted.test.ts`,
    named: `floor-plan: ${name} `,
    refused: ['#lib/http/x.ts', '#lib/adapters/x.ts', 'fastify', '../x.ts'],
    accepted: ['./x.ts', `#lib/${name}/x.ts`, '#lib/contract/x.ts', 'vitest', 'fast-check', 'node:fs'],
  })),
];
