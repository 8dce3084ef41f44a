import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Snapshot } from '#lib/contract/snapshot.ts';
import type { Instance, Provisioner, ProvisionerEvent, StartSpec } from './provisioner.ts';
import { type Ear, listen } from './test-provisioner-ear.ts';

/**
 * How a workspace of the suite behaves: `well` ends when asked, `deaf` does not, `fails_at_start` ends at once and says
 * "is not known" on the way, `has_child` runs something below it that does not end by itself.
 */
export type TestBehaviour = 'well' | 'deaf' | 'fails_at_start' | 'has_child';

/** One piece of ground (a data folder, a cluster's namespace) on which provisioners come and go. */
export interface ProvisionerHarness {
  /** Opens a provisioner here, as the platform does when it starts; first back-off at most 100 ms, cap 3 restarts. */
  open(): Provisioner;
  config(behaviour: TestBehaviour): Record<string, unknown>;
  /** Ends a running instance from outside, as a crash would. Resolves when it is gone. */
  crash(instance: Instance): Promise<void>;
  /** How many instances of this workspace live, whoever started them; what they started counts too. */
  living(workspaceId: string): Promise<number>;
  credentials(workspaceId: string): Promise<{ auth_token: string; inbound_secret: string }>;
  /** What lies where its runtime restores from, and the rights of the file; null: nothing. */
  snapshot(workspaceId: string): Promise<{ text: string; mode: number } | null>;
  /** Lays something there, as a runtime does that saves its work. */
  saves(workspaceId: string, text: string): Promise<void>;
  /** Whether anything is kept for this workspace. */
  keeps(workspaceId: string): Promise<boolean>;
  dispose(): Promise<void>;
}

/** Holds a provisioner to the promises of `provisioner.ts`. Every implementation runs it, on the real thing. */
export function provisionerContract(name: string, makeHarness: () => Promise<ProvisionerHarness>): void {
  describe(`${name} keeps the promises of a provisioner`, () => {
    let ground: ProvisionerHarness;
    let provisioner: Provisioner;
    let heard: Ear;

    const open = (): void => {
      provisioner = ground.open();
      heard = listen(provisioner);
    };
    const spec = (id: string, behaviour: TestBehaviour = 'well', take = 1): StartSpec => ({
      workspace_id: id,
      name: `Workspace ${id}`,
      config: ground.config(behaviour),
      auth_token: `test-token-${id}-${take}`,
      inbound_secret: `test-secret-${id}-${take}`,
      platform_url: 'http://127.0.0.1:9',
    });

    /** What was killed takes the kernel a moment to clear away. */
    const gone = (id: string): Promise<void> => vi.waitFor(async () => expect(await ground.living(id)).toBe(0), { timeout: 5000 });

    beforeEach(async () => {
      ground = await makeHarness();
      open();
    });
    afterEach(async () => {
      await provisioner.close('stop');
      await ground.dispose();
    });

    test('start answers with a running instance and the address of its agent, and tells it once', async () => {
      const instance = await provisioner.start(spec('one'));
      expect(instance).toMatchObject({ workspace_id: 'one', state: 'running', exit_code: null, restarts_in_window: 0 });
      expect((await fetch(`${instance.url}/healthz`)).status).toBe(200);
      expect(heard.events).toMatchObject([{ type: 'started', workspace_id: 'one', pid: instance.pid, attempt: 1 }]);
      expect(await provisioner.inspect('one')).toMatchObject({ state: 'running', pid: instance.pid, url: instance.url });
      expect(await ground.credentials('one')).toEqual({ auth_token: 'test-token-one-1', inbound_secret: 'test-secret-one-1' });
    });

    test('a snapshot given at a start lies where the runtime restores from, for its owner alone; else what lies there stays', async () => {
      const snapshot = { schema: 1, workspace_id: 'one' } as Snapshot;
      const begins = (given: Snapshot | null) => provisioner.start({ ...spec('one'), snapshot: given });
      await begins(snapshot);
      expect(await ground.snapshot('one')).toEqual({ text: JSON.stringify(snapshot), mode: 0o600 });
      await ground.saves('one', 'its own');
      // It runs already: nothing is laid under it.
      await begins(snapshot);
      await provisioner.stop('one', { deadline_ms: 5000 });
      await begins(null);
      expect(await ground.snapshot('one')).toMatchObject({ text: 'its own' });
    });

    test('starts asked at once are one start', async () => {
      const answers = await Promise.all(Array.from({ length: 5 }, (_, take) => provisioner.start(spec('one', 'well', take))));
      expect(new Set(answers.map((answer) => answer.pid)).size).toBe(1);
      expect(heard.events.filter((event) => event.type === 'started')).toHaveLength(1);
      expect(await ground.living('one')).toBe(1);
    });

    test('starting what runs answers with it and hands it the fresh credentials', async () => {
      const first = await provisioner.start(spec('one', 'well', 1));
      const second = await provisioner.start(spec('one', 'well', 2));
      expect(second.pid).toBe(first.pid);
      expect(await ground.credentials('one')).toEqual({ auth_token: 'test-token-one-2', inbound_secret: 'test-secret-one-2' });
    });

    test('stop asks, waits, and tells the end once', async () => {
      await provisioner.start(spec('one'));
      const [instance] = await Promise.all([
        provisioner.stop('one', { deadline_ms: 5000 }),
        provisioner.stop('one', { deadline_ms: 5000 }),
      ]);
      expect(instance).toMatchObject({ state: 'stopped', pid: null, exit_code: 0 });
      expect(heard.ends('one')).toMatchObject([{ code: 0, expected: true, restarting: false, output: expect.stringContaining('goodbye') }]);
      await gone('one');
    });

    test('stop kills what does not end in time, with all below it', async () => {
      await provisioner.start(spec('one', 'deaf'));
      expect(await ground.living('one')).toBe(2);
      expect(await provisioner.stop('one', { deadline_ms: 100 })).toMatchObject({ state: 'stopped' });
      expect(heard.ends('one')).toMatchObject([{ expected: true, restarting: false, output: expect.stringContaining('not listening') }]);
      await gone('one');
    });

    test('kill does not ask', async () => {
      await provisioner.start(spec('one', 'has_child'));
      expect(await provisioner.kill('one')).toMatchObject({ state: 'stopped', pid: null });
      expect(heard.ends('one')).toMatchObject([{ expected: true, restarting: false, output: expect.not.stringContaining('goodbye') }]);
      await gone('one');
    });

    test('kill cuts a long stop short', async () => {
      await provisioner.start(spec('one', 'deaf'));
      const stopped = provisioner.stop('one', { deadline_ms: 600_000 });
      await provisioner.kill('one');
      expect(await stopped).toMatchObject({ state: 'stopped' });
      expect(heard.ends('one')).toHaveLength(1);
    });

    test('stopping what does not run answers at once and tells nothing', async () => {
      expect(await provisioner.stop('never', { deadline_ms: 600_000 })).toMatchObject({ workspace_id: 'never', pid: null });
      expect(await provisioner.inspect('never')).toBeNull();
      expect(heard.events).toEqual([]);
    });

    test('a stop while it starts leaves nothing running, and the start says so', async () => {
      const starting = provisioner.start(spec('one')).catch((error: Error) => error);
      await heard.until((event) => event.type === 'started');
      await provisioner.stop('one', { deadline_ms: 5000 });
      expect(await starting).toMatchObject({ code: 'conflict', message: expect.stringContaining('stopped while it was starting') });
      await gone('one');
    });

    test('a start that fails is refused with the last output, told once and not tried again', async () => {
      await expect(provisioner.start(spec('one', 'fails_at_start'))).rejects.toMatchObject({
        message: expect.stringMatching(/Workspace one.*could not be started.*is not known/s),
      });
      expect(heard.ends('one')).toMatchObject([{ expected: false, restarting: false, output: expect.stringContaining('is not known') }]);
      expect(await provisioner.inspect('one')).toMatchObject({ state: 'failed', pid: null });
      expect(await provisioner.start(spec('one'))).toMatchObject({ state: 'running', exit_code: null });
    });

    test('what ends unasked is told once and started again', async () => {
      const first = await provisioner.start(spec('one'));
      await ground.crash(first);
      await heard.until((event) => event.type === 'started' && event.attempt === 2);
      expect(heard.ends('one')).toMatchObject([{ expected: false, restarting: true }]);
      const again = await provisioner.start(spec('one'));
      expect(again.pid).not.toBe(first.pid);
      expect(again).toMatchObject({ state: 'running', restarts_in_window: 1 });
      expect(await ground.living('one')).toBe(1);
    });

    test('what ends too often is given up, until somebody starts it', async () => {
      await provisioner.start(spec('one'));
      for (let attempt = 1; attempt <= 4; attempt++) {
        await heard.until((event) => event.type === 'started' && event.attempt === attempt);
        await expect.poll(async () => (await provisioner.inspect('one'))?.url).toBeTruthy();
        await ground.crash((await provisioner.inspect('one')) as Instance);
      }
      await heard.until((event) => event.type === 'gave_up');
      expect(heard.events.at(-1)).toMatchObject({ type: 'gave_up', restarts: 3, output: expect.stringContaining('hello') });
      expect(heard.ends('one').map((end) => end.restarting)).toEqual([true, true, true, false]);
      expect(await provisioner.inspect('one')).toMatchObject({ state: 'failed', restarts_in_window: 3 });
      await gone('one');
      expect(await provisioner.start(spec('one'))).toMatchObject({ state: 'running', restarts_in_window: 0 });
    });

    test('a stop during the back-off ends the matter', async () => {
      await ground.crash(await provisioner.start(spec('one')));
      await heard.until((event) => event.type === 'ended');
      expect(await provisioner.stop('one', { deadline_ms: 5000 })).toMatchObject({ state: 'stopped', pid: null });
      await provisioner.start(spec('one'));
      expect(heard.events.filter((event) => event.type === 'started').map((event) => event.attempt)).toEqual([1, 1]);
      expect(await ground.living('one')).toBe(1);
    });

    test('what was left running is found again, once, and can be stopped', async () => {
      const before = await provisioner.start(spec('one'));
      await provisioner.close('leave');
      expect(await ground.living('one')).toBe(1);
      open();
      expect(await provisioner.recover(['one', 'never'])).toMatchObject([
        { workspace_id: 'one', state: 'running', pid: before.pid, url: before.url, started_at: before.started_at },
      ]);
      expect(await provisioner.start(spec('one', 'well', 2))).toMatchObject({ pid: before.pid });
      expect(heard.events).toEqual([]);
      await provisioner.stop('one', { deadline_ms: 5000 });
      expect(heard.ends('one')).toMatchObject([{ expected: true, restarting: false }]);
      await gone('one');
    });

    test('what was found again is supervised like before', async () => {
      const before = await provisioner.start(spec('one'));
      await provisioner.close('leave');
      open();
      await provisioner.recover(['one']);
      await ground.crash(before);
      await heard.until((event) => event.type === 'started');
      expect(heard.events).toMatchObject([
        { type: 'ended', expected: false, restarting: true },
        { type: 'started', attempt: 2 },
      ]);
    });

    test('a start before any recovery finds it too', async () => {
      const before = await provisioner.start(spec('one'));
      await provisioner.close('leave');
      open();
      expect(await provisioner.start(spec('one'))).toMatchObject({ pid: before.pid });
      expect(await ground.living('one')).toBe(1);
    });

    test('what ended while nobody looked is told and started again', async () => {
      const before = await provisioner.start(spec('one'));
      await provisioner.close('leave');
      await ground.crash(before);
      open();
      expect(await provisioner.recover(['one'])).toMatchObject([{ workspace_id: 'one', state: 'ended', pid: null }]);
      await heard.until((event) => event.type === 'started');
      expect(heard.events).toMatchObject([
        { type: 'ended', code: null, expected: false, restarting: true },
        { type: 'started', attempt: 2 },
      ]);
    });

    test('what was stopped stays stopped', async () => {
      await provisioner.start(spec('one'));
      await provisioner.stop('one', { deadline_ms: 5000 });
      await provisioner.close('leave');
      open();
      expect(await provisioner.recover(['one'])).toMatchObject([{ state: 'stopped', pid: null, exit_code: 0 }]);
      expect(heard.events).toEqual([]);
    });

    test('what it started and nobody knows any more is ended', async () => {
      await provisioner.start(spec('one'));
      await provisioner.start(spec('two', 'deaf'));
      await provisioner.close('leave');
      open();
      expect(await provisioner.recover(['one'])).toHaveLength(1);
      expect(await ground.living('one')).toBe(1);
      await gone('two');
    });

    test('the log gives the newest lines, oldest first, without the credentials', async () => {
      const { url } = await provisioner.start(spec('one'));
      for (const line of ['first', 'my token is test-token-one-1 and my secret test-secret-one-1', 'last'])
        await fetch(`${url}/say/${line}`);
      const lines = await provisioner.log('one', 3);
      expect(lines).toEqual(['first', 'my token is [REDACTED] and my secret [REDACTED]', 'last']);
      expect(await provisioner.log('one', 1)).toEqual(['last']);
      expect(await provisioner.log('one', 100)).toContain('hello from Workspace one');
      expect(await provisioner.log('never', 10)).toEqual([]);
    });

    test('remove ends it and keeps nothing', async () => {
      await provisioner.start(spec('one'));
      await provisioner.remove('one');
      await gone('one');
      expect(await ground.keeps('one')).toBe(false);
      expect(await provisioner.inspect('one')).toBeNull();
      await provisioner.remove('never');
      expect(await provisioner.start(spec('one'))).toMatchObject({ state: 'running' });
    });

    test('close("stop") ends everything, and nothing can be started after it', async () => {
      await provisioner.start(spec('one'));
      await provisioner.start(spec('two', 'has_child'));
      await provisioner.close('stop');
      await gone('one');
      await gone('two');
      await expect(provisioner.start(spec('one'))).rejects.toMatchObject({ code: 'unavailable' });
    });

    test('a listener that was taken away hears nothing more', async () => {
      const events: ProvisionerEvent[] = [];
      const takeAway = provisioner.subscribe((event) => events.push(event));
      takeAway();
      await provisioner.start(spec('one'));
      expect(events).toEqual([]);
    });

    test.each(['..', '.', '../two', 'a/b', '', '.hidden'])('an id that is no name is refused: %j', async (id) => {
      await expect(provisioner.start(spec(id))).rejects.toMatchObject({ code: 'bad_request' });
    });
  });
}
