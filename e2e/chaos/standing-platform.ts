/** A platform process, as `startPlatform` gives it. */
interface PlatformProcess {
  url: string;
  dataDir: string;
  log(): string;
  kill9(): Promise<void>;
  stop(): Promise<number | null>;
}

interface Launch {
  ready: Promise<PlatformProcess>;
  kill9(): Promise<void>;
}

/** A platform that comes back at once, at the same place, whenever it was killed. */
export interface StandingPlatform {
  readonly url: string;
  readonly dataDir: string;
  /** SIGKILL and a new start; two at once are one. Rejects when it does not come back. */
  kill(): Promise<void>;
  /** SIGTERM; resolves with its exit code. */
  stop(): Promise<number | null>;
  /** SIGKILL, for good. */
  close(): Promise<void>;
  /** What all its processes logged. */
  log(): string;
}

const START_MS = 60_000;

export async function standingPlatform(launch: () => Launch): Promise<StandingPlatform> {
  let current = await started(launch());
  let logs = '';
  let killing: Promise<void> | null = null;
  let closed = false;

  async function killAndStart(): Promise<void> {
    await current.kill9();
    logs += `${current.log()}--- killed ---\n`;
    if (!closed) current = await started(launch());
  }
  return {
    url: current.url,
    dataDir: current.dataDir,
    log: () => logs + current.log(),
    kill() {
      killing ??= killAndStart().finally(() => {
        killing = null;
      });
      return killing;
    },
    stop: () => current.stop(),
    async close() {
      closed = true;
      await killing?.catch(() => undefined);
      await current.kill9();
    },
  };
}

async function started({ ready, kill9 }: Launch): Promise<PlatformProcess> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`the platform was not ready after ${START_MS / 1000} s`)), START_MS);
  });
  try {
    return await Promise.race([ready, late]);
  } catch (thrown) {
    ready.catch(() => undefined);
    await kill9();
    throw thrown;
  } finally {
    clearTimeout(timer);
  }
}
