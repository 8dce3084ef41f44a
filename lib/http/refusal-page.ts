/** A page for a person, without anything to load, for when a page could not even be begun. `message` is shown as plain text. */
export function refusalPage(message: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><title>Canvas</title></head><body><main><h1>Canvas cannot show this page</h1><p>${escaped(message)}</p><p><a href="">Try again</a></p></main></body></html>`;
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
