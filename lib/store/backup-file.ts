import { createReadStream, createWriteStream, rmSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { StringDecoder } from 'node:string_decoder';
import { createGunzip, createGzip } from 'node:zlib';
import { z } from 'zod';
import { CanvasError } from '#lib/contract/errors.ts';
import { tableShapeSchema } from './table-shape.ts';

/**
 * A backup is JSON lines, gzipped. First the header, then every table as `{"table":name}` and one array a row, in the
 * order of the header's columns; last `{"rows":count}`, without which the file was cut.
 */
export const FORMAT = 1;
const headerSchema = z.object({
  canvas_backup: z.literal(FORMAT),
  made_at: z.number(),
  migrations: z.array(z.string()),
  tables: z.array(tableShapeSchema),
});
export type BackupHeader = z.infer<typeof headerSchema>;

/** Writes the lines to `file` (mode 0600), all or nothing: what was there stays until the new one is whole on the disk. */
export async function writeBackup(file: string, lines: AsyncIterable<unknown>): Promise<void> {
  const part = `${file}.${process.pid}.part`;
  try {
    await pipeline(Readable.from(jsonLines(lines)), createGzip(), createWriteStream(part, { mode: 0o600, flags: 'wx' }));
    await sync(part);
    await rename(part, file);
    await sync(dirname(file));
  } catch (thrown) {
    rmSync(part, { force: true });
    const { syscall, message } = thrown as NodeJS.ErrnoException;
    if (syscall === undefined) throw thrown;
    throw new CanvasError(
      'unavailable',
      `The backup could not be written to ${file} (${message}). Name a file in a folder that exists and that this user may write.`,
    );
  }
}

async function* jsonLines(lines: AsyncIterable<unknown>): AsyncGenerator<string> {
  let chunk = '';
  for await (const line of lines) {
    chunk += `${JSON.stringify(line)}\n`;
    if (chunk.length < 65_536) continue;
    yield chunk;
    chunk = '';
  }
  yield chunk;
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

export interface BackupRow {
  table: string;
  values: unknown[];
}

/** Reads the whole file once, to its last line. Rejects with `bad_request` for one that is damaged, or made by a newer Canvas. */
export async function verifyBackup(file: string): Promise<{ header: BackupHeader; rows: number }> {
  const lines = backupLines(file);
  const first = await lines.next();
  const header = readHeader(file, first.done ? undefined : first.value);
  const widths = new Map(header.tables.map((table) => [table.name, table.columns.length]));
  let rows = 0;
  for await (const row of rowsAfterHeader(file, lines)) {
    rows += 1;
    if (widths.get(row.table) !== row.values.length) throw damaged(file, `row ${rows} does not fit the table ${row.table}`);
  }
  return { header, rows };
}

/** The rows of a verified backup, table by table. */
export async function* backupRows(file: string): AsyncGenerator<BackupRow> {
  const lines = backupLines(file);
  await lines.next();
  yield* rowsAfterHeader(file, lines);
}

async function* rowsAfterHeader(file: string, lines: AsyncGenerator<unknown>): AsyncGenerator<BackupRow> {
  let table: string | null = null;
  let rows = 0;
  let announced: number | null = null;
  for await (const line of lines) {
    if (announced !== null) throw damaged(file, 'something follows its end');
    if (Array.isArray(line) && table !== null) {
      rows += 1;
      yield { table, values: line };
      continue;
    }
    const mark = line as { table?: unknown; rows?: unknown } | null;
    if (typeof mark?.table === 'string') table = mark.table;
    else if (typeof mark?.rows === 'number') announced = mark.rows;
    else throw damaged(file, `it has a line that means nothing after row ${rows}`);
  }
  if (announced !== rows) throw damaged(file, announced === null ? 'its end is missing' : `it has ${rows} rows instead of ${announced}`);
}

function readHeader(file: string, line: unknown): BackupHeader {
  const version = (line as { canvas_backup?: unknown } | null | undefined)?.canvas_backup;
  if (typeof version === 'number' && version > FORMAT) {
    throw new CanvasError(
      'bad_request',
      `${file} was made by a newer Canvas (backup format ${version}; this one reads ${FORMAT}). Restore it with that Canvas.`,
    );
  }
  const parsed = headerSchema.safeParse(line);
  if (!parsed.success) throw damaged(file, 'its first line is not the header of a backup');
  return parsed.data;
}

async function* backupLines(file: string): AsyncGenerator<unknown> {
  const text = createGunzip();
  const decoder = new StringDecoder('utf8');
  // Ends and failures reach the reader through `text`; the promise only repeats them.
  pipeline(createReadStream(file), text).catch(() => {});
  let rest = '';
  try {
    for await (const chunk of text) {
      const lines = (rest + decoder.write(chunk as Buffer)).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) yield JSON.parse(line) as unknown;
    }
  } catch (thrown) {
    if (thrown instanceof CanvasError) throw thrown;
    if ((thrown as NodeJS.ErrnoException).syscall !== undefined) {
      throw new CanvasError('bad_request', `${file} cannot be read (${(thrown as Error).message}). Name the file of a backup.`);
    }
    throw damaged(file, (thrown as Error).message);
  }
  if (rest !== '') throw damaged(file, 'its last line is cut');
}

function damaged(file: string, why: string): CanvasError {
  return new CanvasError('bad_request', `${file} is damaged, or no backup of Canvas: ${why}. Nothing was changed. Use another backup.`);
}
