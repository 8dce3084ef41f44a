const keyOf = (id: string) => `canvas.draft.${id}`;

/** What was written to a workspace in this tab and not sent. Where the browser keeps nothing: nothing. */
export function keptDraft(id: string): string {
  try {
    return sessionStorage.getItem(keyOf(id)) ?? '';
  } catch {
    return '';
  }
}

/** Kept in this tab, also over a reload; an empty text is forgotten. */
export function keepDraft(id: string, text: string): void {
  try {
    if (text === '') sessionStorage.removeItem(keyOf(id));
    else sessionStorage.setItem(keyOf(id), text);
  } catch {
    // A browser that keeps nothing, or is full: the draft lives as long as the page.
  }
}
