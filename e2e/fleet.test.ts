import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SimulatedFleet } from './fleet/simulated-fleet.ts';
import { type RunningPlatform, startPlatform } from './running-platform.ts';

const PROGRAM = resolve(import.meta.dirname, '..', 'dist', 'fleet.js');

let folder: string;
let platform: RunningPlatform;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'canvas-fleet-'));
  platform = await startPlatform({ dataDir: folder });
});
afterAll(async () => {
  await platform.stop();
  rmSync(folder, { recursive: true, force: true });
});

const listed = async (): Promise<unknown[]> => (await fetch(`${platform.url}/workspaces`)).json() as Promise<unknown[]>;

function startProgram(args: string[]) {
  const child = spawn(process.execPath, [PROGRAM, '--url', platform.url, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output.out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output.err += text;
  });
  const ended = once(child, 'close').then(([code]) => code as number | null);
  return { child, output, ended };
}

describe('the program', () => {
  it('drives a fleet with every fault; the platform shows what it should; nothing is left', { timeout: 60_000 }, async () => {
    const json = join(folder, 'report.json');
    const faults = 'wedge=4,errors=4,silence=3,late=3,flapping=3,partial=5';
    const { output, ended } = startProgram([
      '--workspaces',
      '40',
      '--interval',
      '5',
      '--duration',
      '14',
      '--fault',
      faults,
      '--seed',
      '3',
      '--check',
      '--json',
      json,
    ]);
    const code = await ended;
    expect(output.out).toContain('and shows 40 of 40 so');
    expect(code, output.out + output.err).toBe(0);
    const report = JSON.parse(readFileSync(json, 'utf8')) as {
      beats: Record<'full' | 'partial', { sent: number; accepted: number }>;
      left_behind: number;
    };
    expect(report.beats.full.sent).toBeGreaterThanOrEqual(100);
    expect(report.beats.full.accepted).toBe(report.beats.full.sent);
    expect(report.beats.partial).toMatchObject({ sent: report.beats.partial.accepted });
    expect(report.beats.partial.sent).toBeGreaterThanOrEqual(15);
    expect(report.left_behind).toBe(0);
    expect(await listed()).toEqual([]);
    expect(readFileSync(json, 'utf8')).not.toContain('token');
  });

  it('removes its workspaces when it is told to end early', { timeout: 60_000 }, async () => {
    const { child, output, ended } = startProgram(['--workspaces', '10', '--interval', '5', '--duration', '600']);
    while ((await listed()).length < 10) await fetch(`${platform.url}/healthz`);
    child.kill('SIGTERM');
    expect(await ended, output.err).toBe(0);
    expect(output.out).toContain('10 workspaces connected');
    expect(await listed()).toEqual([]);
  });

  it('drives this machine only', async () => {
    const { output, ended } = startProgram(['--url', 'http://192.0.2.1:3000']);
    expect(await ended).toBe(2);
    expect(output.err).toContain('only drives a platform on this machine');
  });
});

describe('a comparison', () => {
  const options = () => ({ url: platform.url, workspaces: 6, interval_seconds: 5, duration_seconds: 5, faults: {}, seed: 1, keep: false });

  it('names what is shown otherwise', { timeout: 60_000 }, async () => {
    const fleet = new SimulatedFleet(options());
    try {
      await fleet.connect();
      await fleet.beat(5);
      expect(await fleet.compare()).toEqual({ as_expected: 6, different: [] });
      const [first, second] = fleet.runtimes.map((runtime) => runtime.identity);
      const wedged = { workspace_id: first?.id, runtime_state: 'wedged', sample_error: 'stuck' };
      const headers = { authorization: `Bearer ${first?.token}`, 'content-type': 'application/json' };
      expect((await fetch(`${platform.url}/registry/heartbeat`, { method: 'POST', headers, body: JSON.stringify(wedged) })).status).toBe(
        200,
      );
      expect((await fetch(`${platform.url}/workspaces/${second?.id}`, { method: 'DELETE' })).status).toBe(200);
      const { as_expected, different } = await fleet.compare();
      expect(as_expected).toBe(4);
      expect(different.map(({ id, how }) => [id, how])).toEqual([
        [first?.id, ['state degraded/wedged, expected online']],
        [second?.id, ['it is not listed']],
      ]);
      expect(await fleet.remove()).toBe(0);
      expect(await listed()).toEqual([]);
    } finally {
      fleet.close();
    }
  });

  it('of a platform that is gone says so, and counts what was not answered', { timeout: 60_000 }, async () => {
    const other = mkdtempSync(join(tmpdir(), 'canvas-fleet-'));
    const gone = await startPlatform({ dataDir: other });
    const fleet = new SimulatedFleet({ ...options(), url: gone.url });
    try {
      await fleet.connect();
      await gone.kill9();
      await fleet.beat(3);
      expect(fleet.tallies().full).toMatchObject({ accepted: 0, refused: {} });
      expect(fleet.tallies().full.unanswered).toBeGreaterThanOrEqual(3);
      await expect(fleet.compare()).rejects.toMatchObject({ code: 'upstream_unreachable' });
      expect(await fleet.remove()).toBe(6);
    } finally {
      fleet.close();
      rmSync(other, { recursive: true, force: true });
    }
  });
});
