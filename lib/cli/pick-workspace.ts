import { CanvasError } from '#lib/contract/errors.ts';
import type { WorkspaceCard } from '#lib/contract/workspaces.ts';
import { plainText } from './plain-text.ts';

type Named = Pick<WorkspaceCard, 'id' | 'name'>;

const LISTED = 10;

/**
 * The workspace that a person means: by id, by its whole name, by a name that differs in case only, by the beginning of a
 * name. The first of these that holds for any decides.
 *
 * @throws CanvasError `not_found` when none holds, `bad_request` with the candidates when it holds for several.
 */
export function pickWorkspace<T extends Named>(cards: readonly T[], wanted: string): T {
  const lower = wanted.toLowerCase();
  const ways: ((card: T) => boolean)[] = [
    ({ id }) => id === wanted,
    ({ name }) => name === wanted,
    ({ name }) => name.toLowerCase() === lower,
    ({ name }) => name.toLowerCase().startsWith(lower),
  ];
  for (const way of ways) {
    const [first, ...others] = cards.filter(way);
    if (first && others.length === 0) return first;
    if (first) throw ambiguous([first, ...others], wanted);
  }
  throw new CanvasError('not_found', `There is no workspace "${plainText(wanted)}". See canvas status.`);
}

function ambiguous(found: readonly Named[], wanted: string): CanvasError {
  const lines = found.slice(0, LISTED).map(({ id, name }) => `  ${id}  ${plainText(name)}`);
  const more = found.length > LISTED ? [`  and ${found.length - LISTED} more`] : [];
  return new CanvasError(
    'bad_request',
    [`"${plainText(wanted)}" may be ${found.length} workspaces; give an id:`, ...lines, ...more].join('\n'),
  );
}
