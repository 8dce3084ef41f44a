const MAX_NAME = 255;

/**
 * The name to use under one parent: as wished when it is free, else with the first free number from 2 ("Name 2"). The
 * wished name is cut, never the number, when both do not fit into 255 UTF-16 units.
 */
export function uniqueName(wished: string, taken: { has(name: string): boolean }): string {
  if (!taken.has(wished)) return wished;
  for (let number = 2; ; number += 1) {
    const suffix = ` ${number}`;
    const name = `${cutName(wished, MAX_NAME - suffix.length)}${suffix}`;
    if (!taken.has(name)) return name;
  }
}

function cutName(name: string, limit: number): string {
  if (name.length <= limit) return name;
  // A lone surrogate half would make the name differ from itself after a trip through UTF-8.
  return name
    .slice(0, limit)
    .replace(/[\ud800-\udbff]$/, '')
    .trimEnd();
}
