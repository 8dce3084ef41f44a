import { CanvasError } from '#lib/contract/errors.ts';

/** Set by the bundler; in the sources there is none. */
declare const CANVAS_MCP_FILE: string | undefined;

/**
 * The MCP part of this program. Bundled it is a file beside the runtime's own: within that one its text alone would cost
 * each runtime six megabytes, also those that lend no tools.
 */
export async function loadMcp(): Promise<typeof import('./program.ts')['program']> {
  const file = typeof CANVAS_MCP_FILE === 'string' ? CANVAS_MCP_FILE : './program.ts';
  try {
    const loaded = (await import(/* @vite-ignore */ file)) as typeof import('./program.ts');
    return loaded.program;
  } catch (thrown) {
    if ((thrown as { code?: unknown }).code !== 'ERR_MODULE_NOT_FOUND') throw thrown;
    throw new CanvasError('unavailable', `The file ${file} is not beside this program: copy it there along with workspace.js`);
  }
}
