import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/** Processes that run for workspaces of this data folder, as the system lists them: nothing of the platform's is asked. */
export async function livingWorkspaces(dataDir: string): Promise<{ id: string; pid: number }[]> {
  const mark = new RegExp(
    `^\\s*(\\d+) .* --config \\S*${dataDir.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}/workspaces/([^/]+)/workspace\\.json `,
  );
  const lines =
    process.platform === 'linux'
      ? await procLines()
      : (await promisify(execFile)('ps', ['-A', '-ww', '-o', 'pid=', '-o', 'command='])).stdout.split('\n');
  return lines.flatMap((line) => {
    const match = mark.exec(line);
    return match ? [{ pid: Number(match[1]), id: match[2] ?? '' }] : [];
  });
}

async function procLines(): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  return Promise.all(
    pids.map(async (pid) => {
      const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
      return `${pid} ${command.split('\0').join(' ')} `;
    }),
  );
}
