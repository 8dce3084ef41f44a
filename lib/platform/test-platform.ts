import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CanvasError } from '#lib/contract/errors.ts';
import type { WorkspaceStatus } from '#lib/contract/workspace-status.ts';
import { refusedAddress } from '#lib/domain/address-guard.ts';
import type { Provisioner } from '#lib/ports/provisioner.ts';
import { FetchTransport } from '#lib/ports/test-agent-transport.ts';
import { TestReceivers } from '#lib/ports/test-channel-sender.ts';
import { openStore } from '#lib/store/open-store.ts';
import { sqliteDatabase } from '#lib/store/sqlite-database.ts';
import type { Store } from '#lib/store/store.ts';
import { limitDisk } from '#lib/store/test-disk.ts';
import { createToken } from './access-verbs.ts';
import { LOCAL_OPERATOR } from './actor.ts';
import { createPlatform, type Platform } from './platform.ts';
import { receiveBeat } from './receive-beat.ts';
import { createWorkspace } from './workspace-verbs.ts';

/** Judges addresses as they are written; names are for the guard of the real server. */
async function checkWrittenTarget(url: string, mustBeFound = false): Promise<void> {
  const why = refusedAddress(new URL(url).hostname);
  if (why !== null && (mustBeFound || why !== 'it is no address')) throw new CanvasError('forbidden', why);
}

/** Test support: a real platform on a real SQLite file, with a clock that only the test moves. */
export class TestPlatform {
  now = Date.UTC(2026, 0, 1, 12);
  readonly folder = mkdtempSync(join(tmpdir(), 'canvas-platform-'));
  readonly logged: string[] = [];
  /** What channels reach. */
  readonly receivers = new TestReceivers();
  /** Opens what starts and stops workspaces, each time the platform is opened; null: nothing does. */
  readonly #provision: (() => Provisioner) | null;
  store!: Store;
  platform!: Platform;

  constructor(provision: (() => Provisioner) | null = null) {
    this.#provision = provision;
  }

  get deps() {
    return this.platform.deps;
  }

  async open(): Promise<this> {
    this.store = await openStore({ dataDir: this.folder });
    this.platform = await createPlatform({
      store: this.store,
      provisioner: this.#provision?.() ?? null,
      transport: new FetchTransport(),
      checkTarget: checkWrittenTarget,
      senders: this.receivers.senders,
      now: () => this.now,
      log: (level, message) => this.logged.push(`${level} ${message}`),
      options: {
        platformUrl: () => 'http://127.0.0.1:1',
        publicUrl: () => 'http://canvas.test',
        signInFree: true,
        provisioningTimeoutMs: 600_000,
        insideContainer: false,
      },
    });
    await this.platform.start();
    return this;
  }

  /** Another program takes the store for itself; the answer makes it let go. */
  lockStore(): () => void {
    const other = sqliteDatabase(join(this.folder, 'canvas.db'));
    other.prepare('begin').run([]);
    return () => {
      other.prepare('rollback').run([]);
      other.close();
    };
  }

  /** Lets the store grow by so many pages and no more. */
  limitDisk(morePages: number): Promise<void> {
    return limitDisk(this.store, morePages);
  }

  /** Leaves as a killed process would: nothing is flushed, nothing is said. */
  async abandon(): Promise<void> {
    this.deps.clock.stop();
    this.deps.runs.close();
    this.deps.delegations.close();
    this.deps.delivery.abandon();
    await this.deps.outbox.close(0);
    await this.deps.incidentWatch.close();
    await this.deps.incidents.close();
    this.deps.feed.close();
    await this.store.close();
  }

  async close(): Promise<void> {
    await this.platform.close();
    await this.store.close();
  }

  removeFolder(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Moves the clock on, and lets the beat clock look as it would each second. */
  async pass(seconds: number): Promise<void> {
    for (let second = 0; second < seconds; second += 1) {
      this.now += 1000;
      this.deps.clock.tick();
      this.deps.runs.tick();
    }
    await this.settled();
  }

  async settled(): Promise<void> {
    await Promise.all(Array.from(this.deps.fleet.all(), (live) => live.unsaved));
  }

  async workspace(name: string): Promise<{ id: string; token: string }> {
    const { id } = await createWorkspace(this.deps, LOCAL_OPERATOR, { name });
    const { auth_token } = await createToken(this.deps, LOCAL_OPERATOR, { id });
    return { id, token: auth_token };
  }

  /** A full beat, unless `more` says otherwise. */
  async beat(to: { id: string; token: string }, more: Record<string, unknown> = {}): Promise<void> {
    await receiveBeat(this.deps, to.token, { workspace_id: to.id, uptime_seconds: 10, runtime_metadata: {}, ...more });
  }

  status(id: string): WorkspaceStatus {
    return this.deps.fleet.get(id).facts.status;
  }
}
