/** Whether a key press belongs to a field, a menu or a dialog, or is part of a chord: then it is not a shortcut of the page. */
export function isTyping(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return true;
  const target = event.target;
  return target instanceof Element && target.closest('input, textarea, select, dialog, [popover], [contenteditable="true"]') !== null;
}
