const TICK_MS = 5_000;

/** One line for the person who waits. */
export function say(line) {
  process.stdout.write(`${line}\n`);
}

/** One line on how it is going: not what was asked for, so that a program's answer can be read by another. */
export function tell(line) {
  process.stderr.write(`${line}\n`);
}

/** Ends the script: what failed, and what to do about it. Output may be a pipe, so the exit waits for the write. */
export function fail(message, code = 1) {
  process.exitCode = code;
  process.stderr.write(`\n${message}\n`, () => process.exit(code));
  return new Promise(() => {});
}

export function seconds(ms) {
  return `${(ms / 1000).toFixed(1)} s`;
}

/**
 * Says what is being done, every five seconds that it still is, and how long it took.
 * @template T
 * @param {string} title
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function step(title, work) {
  const started = Date.now();
  tell(`· ${title} …`);
  const tick = setInterval(() => tell(`  ${title}: ${Math.round((Date.now() - started) / 1000)} s so far`), TICK_MS);
  try {
    const result = await work();
    tell(`✓ ${title}: ${seconds(Date.now() - started)}`);
    return result;
  } finally {
    clearInterval(tick);
  }
}
