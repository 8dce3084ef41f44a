import { CanvasError } from '#lib/contract/errors.ts';
import type { Deps } from './deps.ts';

const MAX_DEPTH = 8;

/**
 * Where an agent is told to send news of a task to must be where it may be sent to: every `url` in a push configuration,
 * however it is spelled around it. Rejects with `forbidden`, or `bad_request` for one that is no address. The agent looks
 * the name up by itself later: only its own guard holds against a name that changes.
 */
export async function checkPushTargets(deps: Deps, config: unknown): Promise<void> {
  for (const url of targetsIn(config, 0)) {
    if (typeof url !== 'string') throw new CanvasError('bad_request', 'The url of a push configuration must be a text.');
    if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
      throw new CanvasError('bad_request', `${JSON.stringify(url.slice(0, 200))} is no http or https address to send news of a task to.`);
    await deps.checkTarget(url, true);
  }
}

function targetsIn(value: unknown, depth: number): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  if (depth > MAX_DEPTH) throw new CanvasError('bad_request', `A push configuration is at most ${MAX_DEPTH} levels deep.`);
  return Object.entries(value).flatMap(([key, inner]) => (key.toLowerCase() === 'url' ? [inner] : targetsIn(inner, depth + 1)));
}
