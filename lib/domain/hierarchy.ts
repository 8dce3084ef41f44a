/** Parent of a workspace: an id, null for a root, undefined for an id that does not exist (or was removed). */
export type ParentOf = (id: string) => string | null | undefined;

/** Its ancestors, nearest first. A loop in the data ends the walk instead of hanging it; a parent that does not exist is left out. */
export function ancestorsOf(id: string, parentOf: ParentOf): string[] {
  const found: string[] = [];
  const seen = new Set([id]);
  for (let at = parentOf(id); at !== null && at !== undefined; at = parentOf(at)) {
    if (seen.has(at) || parentOf(at) === undefined) break;
    seen.add(at);
    found.push(at);
  }
  return found;
}

/** Whether `a` may send to `b`: itself, siblings (roots are siblings of each other), any ancestor, any descendant. Unknown ids never may. */
export function mayTalk(a: string, b: string, parentOf: ParentOf): boolean {
  const parentA = parentOf(a);
  const parentB = parentOf(b);
  if (parentA === undefined || parentB === undefined) return false;
  if (a === b || parentA === parentB) return true;
  return ancestorsOf(a, parentOf).includes(b) || ancestorsOf(b, parentOf).includes(a);
}

/** Whether giving `id` the parent `newParent` would make it its own ancestor. */
export function wouldCycle(id: string, newParent: string | null, parentOf: ParentOf): boolean {
  return newParent !== null && (newParent === id || ancestorsOf(newParent, parentOf).includes(id));
}
