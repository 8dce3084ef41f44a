/** A platform process, as `startPlatform` gives it. */
export interface PlatformProcess {
  url: string;
  dataDir: string;
  log(): string;
  kill9(): Promise<void>;
  stop(): Promise<number | null>;
}

/** A platform that comes back at once, at the same place, whenever it was killed. */
export interface StandingPlatform {
  readonly current: PlatformProcess;
  /** How often it was killed. */
  readonly kills: number;
  /** SIGKILL and a new start; two at once are one. Rejects when it does not come back. */
  kill(): Promise<void>;
  /** What all its processes logged. */
  log(): string;
}

const START_MS = 60_000;

export async function standingPlatform(start: () => Promise<PlatformProcess>): Promise<StandingPlatform> {
  let current = await withinTime(start());
  let kills = 0;
  let logs = '';
  let killing: Promise<void> | null = null;
  return {
    get current() {
      return current;
    },
    get kills() {
      return kills;
    },
    log: () => logs + current.log(),
    kill() {
      killing ??= (async () => {
        await current.kill9();
        kills += 1;
        logs += `${current.log()}--- killed ---\n`;
        current = await withinTime(start());
      })().finally(() => {
        killing = null;
      });
      return killing;
    },
  };
}

async function withinTime(starting: Promise<PlatformProcess>): Promise<PlatformProcess> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`the platform was not ready after ${START_MS / 1000} s`)), START_MS);
  });
  try {
    return await Promise.race([starting, late]);
  } finally {
    clearTimeout(timer);
  }
}
