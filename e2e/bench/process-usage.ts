import { readFileSync } from 'node:fs';

/** Linux counts processor time in hundredths of a second for everyone, whatever the kernel's own tick is. */
const TICKS_PER_SECOND = 100;

/** Processor time of a process and its threads, in seconds, since it began. Linux only. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** Resident memory now, and the most it ever was, in MB. Linux only. */
export function residentMb(pid: number): { now: number; peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const kilobytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? Number.NaN);
  return { now: kilobytes('VmRSS') / 1024, peak: kilobytes('VmHWM') / 1024 };
}

/** Share of one core that a process used while `work` ran. */
export async function busyWhile<T>(pid: number, work: () => Promise<T>): Promise<{ result: T; share: number }> {
  const cpu = cpuSeconds(pid);
  const began = performance.now();
  const result = await work();
  return { result, share: (cpuSeconds(pid) - cpu) / ((performance.now() - began) / 1000) };
}
