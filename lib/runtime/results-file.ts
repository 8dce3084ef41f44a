import { type FileHandle, open, readFile, rename } from 'node:fs/promises';
import { type DelegationResult, delegationResultSchema } from './delegation-result.ts';

const MAX_BYTES = 5 * 1024 * 1024;
const LINE_BREAK = 10;

/**
 * Results as JSON lines, readable by their owner alone, for the agent and for people. Each is in it once, however often
 * it is appended. At 5 MB the file becomes `<name>.1` in place of the one before, and a new one begins.
 */
export class ResultsFile {
  readonly path: string;
  /** What the part before holds, and what the newest holds. */
  #ids: [before: Set<string>, now: Set<string>];
  readonly #maxBytes: number;

  private constructor(path: string, ids: [Set<string>, Set<string>], maxBytes: number) {
    this.path = path;
    this.#ids = ids;
    this.#maxBytes = maxBytes;
  }

  /** Answers with the results of the `wanted` ids that are there. Lines that cannot be read, such as one that a crash cut off, are passed over. */
  static async open(
    path: string,
    wanted: ReadonlySet<string>,
    maxBytes = MAX_BYTES,
  ): Promise<{ file: ResultsFile; found: Map<string, DelegationResult> }> {
    const ids: [Set<string>, Set<string>] = [new Set(), new Set()];
    const found = new Map<string, DelegationResult>();
    for (const [at, part] of [`${path}.1`, path].entries()) {
      for (const line of (await textOf(part)).split('\n')) {
        const result = resultOf(line);
        if (result === null) continue;
        ids[at]?.add(result.delegation_id);
        if (wanted.has(result.delegation_id)) found.set(result.delegation_id, result);
      }
    }
    return { file: new ResultsFile(path, ids, maxBytes), found };
  }

  /** Resolves once it is on disk; at once when it is there already. */
  async append(result: DelegationResult): Promise<void> {
    if (this.#ids.some((part) => part.has(result.delegation_id))) return;
    const line = `${JSON.stringify(result)}\n`;
    let file = await open(this.path, 'a+', 0o600);
    try {
      if ((await file.stat()).size + line.length > this.#maxBytes) {
        await file.close();
        await rename(this.path, `${this.path}.1`);
        this.#ids = [this.#ids[1], new Set()];
        file = await open(this.path, 'a+', 0o600);
      }
      // What a crash left half written must not run into this line.
      await file.writeFile((await endsInLineBreak(file)) ? line : `\n${line}`);
      await file.datasync();
    } finally {
      await file.close();
    }
    this.#ids[1].add(result.delegation_id);
  }
}

async function endsInLineBreak(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat();
  if (size === 0) return true;
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0] === LINE_BREAK;
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw thrown;
  }
}

function resultOf(line: string): DelegationResult | null {
  if (line === '') return null;
  try {
    return delegationResultSchema.safeParse(JSON.parse(line)).data ?? null;
  } catch {
    return null;
  }
}
