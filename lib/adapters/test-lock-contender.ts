// A process that wants a lock, for the lock's tests: says "got" or why not, and holds it until its standard input ends.
import { acquireProcessLock } from './process-lock.ts';

const [file = '', waitMs = '0'] = process.argv.slice(2);
process.stdin.once('data', async () => {
  try {
    await acquireProcessLock(file, Number(waitMs));
    process.stdout.write('got\n');
  } catch (error) {
    process.stdout.write(`${(error as Error).message}\n`);
    process.stdin.destroy();
  }
});
process.stdout.write('ready\n');
