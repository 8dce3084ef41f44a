import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));

/** Bundles the program as it is shipped: a file that carries its packages, and beside it the one for MCP. */
export function bundleRuntime(folder: string): string {
  const file = join(folder, 'dist', 'workspace.js');
  const options = {
    entryPoints: { workspace: join(here, 'main.ts'), 'workspace-mcp': join(here, 'mcp', 'program.ts') },
    outdir: dirname(file),
    define: { CANVAS_MCP_FILE: '"./workspace-mcp.js"' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    logLevel: 'error',
    banner: { js: "import { createRequire as bundled } from 'node:module'; const require = bundled(import.meta.url);" },
  };
  const script = `import { buildSync } from 'esbuild'; buildSync(${JSON.stringify(options)});`;
  execFileSync(process.execPath, ['--input-type=module', '-e', script], { cwd: join(here, '..', '..'), stdio: 'inherit' });
  return file;
}

export interface Started {
  child: ChildProcess;
  /** All it has printed so far. */
  output: () => string;
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** Resolves as soon as it has printed that. */
  printed: (text: string) => Promise<void>;
}

/** Starts a real process with nothing of our environment but the search path and what is given. */
export function startProgram(file: string, args: string[], environment: Record<string, string> = {}): Started {
  const env = { PATH: process.env['PATH'] ?? '', ...environment } as unknown as NodeJS.ProcessEnv;
  const child = spawn(process.execPath, [file, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  const listeners = new Set<() => void>();
  for (const pipe of [child.stdout, child.stderr]) {
    pipe.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      for (const listener of [...listeners]) listener();
    });
  }
  const ended = once(child, 'close').then(([code, signal]) => ({ code: code as number | null, signal: signal as NodeJS.Signals | null }));
  const printed = (wanted: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (!text.includes(wanted)) return;
        listeners.delete(look);
        resolve();
      };
      listeners.add(look);
      void ended.then(() => (text.includes(wanted) ? resolve() : reject(new Error(`It ended without printing "${wanted}":\n${text}`))));
      look();
    });
  return { child, output: () => text, ended, printed };
}
