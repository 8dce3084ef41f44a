import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const BIOME = join(ROOT, 'node_modules/@biomejs/biome/bin/biome');

export interface Violation {
  /** `noRestrictedImports`, or `plugin` for a rule of our own. */
  rule: string;
  message: string;
  file: string;
  line: number;
}

/** Lints made-up files with the project's own Biome configuration, in a folder that is gone afterwards. */
export function lintPlanted(files: Record<string, string>): Violation[] {
  const folder = mkdtempSync(join(tmpdir(), 'canvas-guard-'));
  try {
    for (const part of ['biome.json', 'package.json', 'scripts/lint']) cpSync(join(ROOT, part), join(folder, part), { recursive: true });
    for (const [file, code] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), code);
    }
    const args = [BIOME, 'lint', '--reporter=json', '--max-diagnostics=none', '.'];
    const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8', maxBuffer: 64 << 20 });
    if (!stdout.trim()) throw new Error(`Biome gave no report: ${stderr}`);
    return readReport(stdout);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

interface BiomeReport {
  diagnostics: { category: string; message: string; location: { path: string; start: { line: number } } }[];
}

function readReport(text: string): Violation[] {
  const { diagnostics } = JSON.parse(text) as BiomeReport;
  return diagnostics.map(({ category, message, location }) => ({
    rule: category.slice(category.lastIndexOf('/') + 1),
    message,
    file: location.path,
    line: location.start.line,
  }));
}
